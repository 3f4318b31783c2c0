import { expect, test } from 'vitest'
import type { CompanyTokens } from './company-tokens.ts'
import type { GhlClient } from './ghl-client.ts'
import { createLocationTokens } from './location-tokens.ts'

/** A client whose mints wait for `open`. */
function minting(name: string) {
  let open = (): void => undefined
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  const minted: string[] = []
  const mintLocationToken = async (_tenant: string, locationId: string) => {
    minted.push(locationId)
    await opened
    return { access_token: `${name}-${locationId}`, expires_in: 86_400 }
  }
  return { ghl: { mintLocationToken } as unknown as GhlClient, minted, open }
}

function rig() {
  const [fresh, bulk] = [minting('fresh'), minting('bulk')]
  const company = { current: async () => 'company', refuse: () => undefined } as unknown as CompanyTokens
  const options = { company, ghl: fresh.ghl, bulkGhl: bulk.ghl, privateToken: async () => null, clock: () => 0 }
  return { tokens: createLocationTokens(options), fresh, bulk, company }
}

test('bulk work mints with bulk priority, and what either minted serves both', async () => {
  const { tokens, fresh, bulk } = rig()
  fresh.open()
  bulk.open()
  expect(await tokens.bulk.of('T', 'boston').current()).toBe('bulk-boston')
  expect(await tokens.of('T', 'boston').current()).toBe('bulk-boston')
  expect(await tokens.of('T', 'austin').current()).toBe('fresh-austin')
  expect(await tokens.bulk.of('T', 'austin').current()).toBe('fresh-austin')
  expect([fresh.minted, bulk.minted]).toEqual([['austin'], ['boston']])
})

test('a fresh lead does not wait for the mint of bulk work', async () => {
  const { tokens, fresh, bulk } = rig()
  fresh.open()
  const slow = tokens.bulk.of('T', 'boston').current()
  await expect.poll(() => bulk.minted).toEqual(['boston'])
  expect(await tokens.of('T', 'boston').current()).toBe('fresh-boston')
  bulk.open()
  await slow
})

test('a mint under way when the agency is disconnected leaves no token behind', async () => {
  const { tokens, fresh, company } = rig()
  const boston = tokens.of('T', 'boston')
  const running = boston.current()
  await expect.poll(() => fresh.minted).toEqual(['boston'])
  company.current = async () => {
    throw new Error('not connected')
  }
  tokens.forget('T')
  fresh.open()
  await expect(running).rejects.toThrow('not connected')
  await expect(boston.current()).rejects.toThrow('not connected')
})

test('a mint of another agency goes on', async () => {
  const { tokens, fresh } = rig()
  const running = tokens.of('T', 'boston').current()
  await expect.poll(() => fresh.minted).toEqual(['boston'])
  tokens.forget('U')
  fresh.open()
  expect(await running).toBe('fresh-boston')
  expect(fresh.minted).toEqual(['boston'])
})
