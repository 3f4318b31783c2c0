import type { Command } from 'commander'
import { directoryOf } from '../directory.ts'
import { output } from '../output.ts'

type NewKey = { role: string; name: string; tenant?: string; region: string[]; location: string[] }

const collect = (value: string, all: string[]): string[] => [...all, value]

export function keysCommands(program: Command): void {
  const keys = program.command('keys').description('access keys')

  keys
    .command('create')
    .description('make a key; its text is shown once')
    .requiredOption('--role <role>', 'admin, region_manager, location_manager, analyst or widget')
    .requiredOption('--name <name>', 'whose it is')
    .option('--tenant <agency>', 'of which agency; only an admin may be without')
    .option('--region <region>', 'only this region (repeat for more)', collect, [])
    .option('--location <location>', 'only this location (repeat for more)', collect, [])
    .action(async ({ role, name, tenant = undefined, region, location }: NewKey, command: Command) => {
      const body = { role, name, tenant: tenant ?? null, regionIds: region, locationIds: location }
      const made = await directoryOf(command)<{ id: string; key: string }>('POST', '/v1/keys', body)
      output(command, made, ({ id, key }) => `id   ${id}\nkey  ${key}`)
    })
  keys
    .command('revoke <id>')
    .description('the key is worth nothing from now on')
    .action(async (id: string, _options: object, command: Command) => {
      await directoryOf(command)('DELETE', `/v1/keys/${encodeURIComponent(id)}`)
      output(command, { id, revoked: true }, () => `Key ${id} is revoked.`)
    })
}
