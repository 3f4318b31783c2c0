import { fileURLToPath } from 'node:url'

/** Where node finds `tsx` and the stages: children start here wherever the launcher was called from. */
export const PROJECT_ROOT = fileURLToPath(new URL('..', import.meta.url))
