import createError from '@fastify/error'

/** Every fault that the control API tells its caller; docs/errors.md explains each code. */
export const problems = {
  unauthenticated: createError('UNAUTHENTICATED', 'Send a valid key as "Authorization: Bearer <key>".', 401),
  forbidden: createError('FORBIDDEN', 'This key may not do that.', 403),
  notFound: createError('NOT_FOUND', 'There is no %s with this id.', 404),
  badRequest: createError('BAD_REQUEST', '%s', 400),
  conflict: createError('CONFLICT', '%s', 409),
  unavailable: createError('UNAVAILABLE', 'A store does not answer. Try again in a few seconds.', 503),
}
