import Type from 'typebox'

/** What every process reads besides its own variables. */
export const processEnv = {
  LISTEN_HOST: Type.String({
    default: '127.0.0.1',
    description: 'address that the process listens on: 127.0.0.1 keeps it to this machine, 0.0.0.0 opens it',
  }),
  LOG_LEVEL: Type.Enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace'], {
    default: 'info',
    description: 'least severity that is logged: fatal, error, warn, info, debug or trace',
  }),
}
