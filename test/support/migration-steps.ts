import { readdir, readFile } from 'node:fs/promises'
import type { ClickHouseClient } from '@clickhouse/client'
import { forCluster, statements } from '../../migrations/for-cluster.ts'

const folder = new URL('../../migrations/clickhouse/', import.meta.url)

/** Runs those steps of ClickHouse, by their numbers of four digits, as `migrate` runs them all. */
export async function migrateSteps(clickhouse: ClickHouseClient, wanted: (step: string) => boolean): Promise<void> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.up.sql')).sort()
  for (const file of files.filter((name) => wanted(name.slice(0, 4)))) {
    const text = forCluster(await readFile(new URL(file, folder), 'utf8'), undefined)
    for (const query of statements(text)) await clickhouse.command({ query })
  }
}
