import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { Session } from 'chdb'
import { programArguments } from '../../local/program-arguments.ts'

/** The rows as tab-separated text, or the engine's words for why not. */
export type EngineAnswer = { rows: string } | { fault: string }

/**
 * Sends statements, each in a session of its own, to the engine on a data directory that nobody else has open. Who the
 * session's user is, and what he may, says the users file.
 */
export async function askEngine(
  dataDir: string,
  { users, database }: { users: string; database: string },
  statements: string[],
): Promise<EngineAnswer[]> {
  const dir = await mkdtemp(join(tmpdir(), 'hexroute-users-'))
  await writeFile(join(dir, 'users.xml'), users)
  await writeFile(
    join(dir, 'config.xml'),
    `<clickhouse><users_config>${join(dir, 'users.xml')}</users_config></clickhouse>`,
  )
  const child = spawn(process.execPath, programArguments('test/support/analyst-engine.ts'), {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, TZ: 'UTC', ANALYST_ENGINE_DATA: dataDir, ANALYST_ENGINE_CONFIG: join(dir, 'config.xml') },
  })
  child.stdin.end(JSON.stringify({ database, statements }))
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  await rm(dir, { recursive: true, force: true })
  if (child.exitCode !== 0) throw new Error(`the engine ended with ${child.exitCode}: ${err.slice(0, 2_000)}`)
  return JSON.parse(out.slice(out.lastIndexOf('\n[') + 1)) as EngineAnswer[]
}

if (process.env.ANALYST_ENGINE_CONFIG) await main(process.env.ANALYST_ENGINE_DATA!, process.env.ANALYST_ENGINE_CONFIG)

async function main(dataDir: string, config: string): Promise<void> {
  const { database, statements } = JSON.parse(await text(process.stdin)) as { database: string; statements: string[] }
  const first = new Session(dataDir, { connectionArgs: [`--config-file=${config}`] })
  const answers = statements.map((statement): EngineAnswer => {
    const session = new Session(dataDir)
    try {
      session.query(`USE ${database}`)
      return { rows: session.query(statement, 'TabSeparated') }
    } catch (error) {
      return { fault: (error as Error).message }
    } finally {
      session.close()
    }
  })
  process.stdout.write(`\n${JSON.stringify(answers)}`, () => {
    first.close()
    process.exit(0)
  })
}
