/** Sections of an INI file as the AWS tools write them: `[name]`, `key = value`, `#` and `;` begin comments, nested values are skipped. */
export function iniSections(text: string): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const sections = new Map<string, Map<string, string>>();
  let current: Map<string, string> | undefined;
  for (const line of text.split(/\r?\n/)) {
    const header = /^\s*\[([^\]]+)\]/.exec(line);
    if (header?.[1] !== undefined) {
      const name = header[1].trim();
      current = sections.get(name) ?? new Map<string, string>();
      sections.set(name, current);
      continue;
    }
    const pair = /^([^\s#;=][^=]*)=(.*)$/.exec(line);
    if (pair?.[1] === undefined || pair[2] === undefined) continue;
    current?.set(pair[1].trim(), pair[2].replace(/\s[#;].*$/, '').trim());
  }
  return sections;
}
