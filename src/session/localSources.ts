/** For faces that have no workspace of their own. */
export { filesBelow } from '../io/sourceFiles.js';
