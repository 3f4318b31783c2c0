type Named = { name: string }

/** As people write names: upper and lower case, and spaces around, do not matter. The first that fits. */
export const named = <T extends Named>(all: readonly T[], name: string): T | undefined =>
  all.find((one) => plain(one.name) === plain(name))

const plain = (name: string): string => name.trim().replaceAll(/\s+/g, ' ').toLowerCase()
