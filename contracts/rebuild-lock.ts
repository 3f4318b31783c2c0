/**
 * Name of the advisory lock of Postgres (`hashtextextended(name, 0)`) that a rebuild of the analytics holds, and that
 * whoever erases a person holds shared: a copy that is being filled would bring him back.
 */
export const rebuildLock = 'hexroute.rebuild'
