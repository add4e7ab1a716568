/** 0 to 167, from Monday, 0 h UTC. `at` in epoch milliseconds. */
export function hourOfWeek(at: number): number {
  // The first of January 1970 was a Thursday.
  const hour = (Math.floor(at / 3_600_000) + 72) % 168;
  return hour < 0 ? hour + 168 : hour;
}

/** Days as hours of the week have them. */
export const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] as const;
