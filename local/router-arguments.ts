/**
 * Of each batch a router makes megabytes of short-lived text. With room for them in the young generation, collecting garbage
 * takes a tenth less of its processor time; 64 MiB gained no more than 32.
 */
export const routerArguments = ['--max-semi-space-size=32']
