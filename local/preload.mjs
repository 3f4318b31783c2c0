// Loaded before tsx by every process that npm start starts: what Node has loaded once, tsx's hooks do not see again. typebox
// alone is 700 small files, and each one's way through the hooks took half of a process's start (1.7 s of CPU instead of 3.4).
import 'typebox'
import 'typebox/value'
import '@fastify/type-provider-typebox'
import 'fastify'
import 'pino'
import 'prom-client'
