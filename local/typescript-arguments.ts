/** What Node needs to run one of our TypeScript files: the libraries that tsx would be slow with, then tsx. */
export const typescriptArguments = ['--import', new URL('./preload.mjs', import.meta.url).href, '--import', 'tsx']
