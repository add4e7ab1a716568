import type { AnnotatedCore, Annotation, AnnotationFile, DeletedAnnotation } from '../../shared/annotations.js';

/**
 * What two versions of a sidecar know together. Per annotation the version with more changes wins, then the later one; deletions are
 * versions like any other, so what one side deleted does not come back from the other. The order of the arguments does not matter.
 */
export function mergeFiles(a: AnnotationFile, b: AnnotationFile): AnnotationFile {
  const cores = new Map<string, AnnotatedCore>();
  for (const core of [...a.cores, ...b.cores]) {
    const known = cores.get(core.identity);
    cores.set(core.identity, known === undefined ? core : mergeCores(known, core));
  }
  return { schema: 1, cores: [...cores.values()].sort((x, y) => compare(x.identity, y.identity)) };
}

/** The same for two versions of what is known of one core. */
export function mergeCores(a: AnnotatedCore, b: AnnotatedCore): AnnotatedCore {
  const latest = new Map<string, Version>();
  for (const version of [...a.annotations, ...a.deleted, ...b.annotations, ...b.deleted]) {
    const known = latest.get(version.id);
    if (known === undefined || isLater(version, known)) latest.set(version.id, version);
  }
  const versions = [...latest.values()];
  return {
    identity: a.identity,
    about: a.about > b.about ? a.about : b.about,
    annotations: versions.filter(isAnnotation).sort((x, y) => compare(x.created, y.created) || compare(x.id, y.id)),
    deleted: versions.filter((version) => !isAnnotation(version)).sort((x, y) => compare(x.id, y.id)),
  };
}

type Version = Annotation | DeletedAnnotation;

function isAnnotation(version: Version): version is Annotation {
  return 'target' in version;
}

function isLater(a: Version, b: Version): boolean {
  // Two people who change the same version at once: clocks decide, and where they agree, something that both sides see alike.
  return (
    (a.revision - b.revision ||
      compare(a.changed, b.changed) ||
      Number(!isAnnotation(a)) - Number(!isAnnotation(b)) ||
      compare(JSON.stringify(a), JSON.stringify(b))) > 0
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
