import Fastify from 'fastify'

/** The framework alone: reads the body and answers 202. Neither verifies nor stores anything. */
const app = Fastify({ logger: false })
app.removeAllContentTypeParsers()
app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, bytes, done) => done(null, bytes))
app.post('/webhooks/ghl', async (_request, reply) =>
  reply.code(202).header('content-type', 'application/json').send('{"duplicate":false}'),
)
await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' })
