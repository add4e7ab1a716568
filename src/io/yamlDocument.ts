import { parseDocument } from 'yaml';

/** YAML that cannot be read: the message names line and column. */
export class YamlError extends Error {}

/**
 * The plain data of a YAML document.
 *
 * @throws YamlError
 */
export function yamlDocument(text: string): unknown {
  // No more aliases than a person writes: nested ones make a small document endless.
  const document = parseDocument(text, { prettyErrors: true });
  const [error] = document.errors;
  if (error !== undefined) throw new YamlError(error.message.split('\n')[0] ?? error.message);
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (failure) {
    throw new YamlError(failure instanceof Error ? failure.message : String(failure));
  }
}
