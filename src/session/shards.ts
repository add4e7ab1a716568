/** One of several machines that share a manifest. */
export interface Shard {
  /** From 0. */
  readonly index: number;
  readonly count: number;
}

/** Why it is not clear which shard this is: one sentence. */
export class ShardError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ShardError';
  }
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Which shard this process is: `I/N` as given, I from 0; or from what a scheduler put into the environment of an array job. With `/N`
 * the index alone is from there.
 *
 * @returns `undefined` when nothing says that there is more than one
 * @throws ShardError
 */
export function shardOf(given: string | undefined, environment: Environment): Shard | undefined {
  const match = given === undefined ? undefined : /^(\d+)?\/(\d+)$/.exec(given);
  if (match === null) throw new ShardError(`--shard ${given ?? ''}: expected I/N with I from 0 to N-1, or /N`);
  const scheduled = scheduledShard(environment);
  const index = match?.[1] === undefined ? scheduled?.index : Number(match[1]);
  const count = match?.[2] === undefined ? scheduled?.count : Number(match[2]);
  if (index === undefined && count === undefined) return undefined;
  if (index === undefined)
    throw new ShardError(`--shard ${given ?? ''}: no scheduler says which one this is; give --shard I/N with I from 0`);
  if (count === undefined)
    throw new ShardError(
      `${scheduled?.name ?? ''} says that this is shard ${index}, and nothing of how many: give --shard /N`,
    );
  if (index >= count) throw new ShardError(`there is no shard ${index} of ${count}: they are counted from 0`);
  return { index, count };
}

/** `007-of-100`, for names of files that sort. */
export function shardName({ index, count }: Shard): string {
  const digits = String(count).length;
  return `${String(index).padStart(digits, '0')}-of-${count}`;
}

interface Scheduled {
  readonly name: string;
  readonly index: number;
  readonly count: number | undefined;
}

/** Array jobs of Slurm (sbatch(1)), Indexed Jobs of Kubernetes, array jobs of AWS Batch. */
function scheduledShard(environment: Environment): Scheduled | undefined {
  const number = (name: string): number | undefined => {
    const text = environment[name];
    return text === undefined || !/^\d+$/.test(text) ? undefined : Number(text);
  };
  const task = number('SLURM_ARRAY_TASK_ID');
  if (task !== undefined) {
    // An array may begin anywhere and leave numbers out: --array=10-40:10.
    const step = number('SLURM_ARRAY_TASK_STEP') ?? 1;
    const index = (task - (number('SLURM_ARRAY_TASK_MIN') ?? 0)) / Math.max(1, step);
    if (Number.isInteger(index) && index >= 0)
      return { name: 'SLURM_ARRAY_TASK_ID', index, count: number('SLURM_ARRAY_TASK_COUNT') };
  }
  const completion = number('JOB_COMPLETION_INDEX');
  if (completion !== undefined) return { name: 'JOB_COMPLETION_INDEX', index: completion, count: undefined };
  const child = number('AWS_BATCH_JOB_ARRAY_INDEX');
  if (child !== undefined)
    return { name: 'AWS_BATCH_JOB_ARRAY_INDEX', index: child, count: number('AWS_BATCH_JOB_ARRAY_SIZE') };
  return undefined;
}
