import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Problem } from './problem.ts'

type Secrets = ReturnType<typeof newSecrets>
export type Keys = Secrets & { ghlPrivateKeyFile: string; ghlPublicKeyFile: string }

/** Made at the first start and kept: a new secret key could not open the tokens that the old one sealed. */
export function loadKeys(dir: string): Keys {
  const files = { ghlPrivateKeyFile: join(dir, 'ghl-private.pem'), ghlPublicKeyFile: join(dir, 'ghl-public.pem') }
  const file = join(dir, 'keys.json')
  if (!existsSync(file)) {
    writeKeyPair(files)
    // Written last: a kill in between makes everything anew.
    writeSecret(file, `${JSON.stringify(newSecrets(), null, 2)}\n`)
  }
  return { ...readSecrets(file), ...files }
}

function newSecrets() {
  const ghlAppId = randomBytes(12).toString('hex')
  return {
    secretKey: randomBytes(32).toString('base64'),
    adminKey: `hxr_${randomBytes(24).toString('base64url')}`,
    postgresPassword: randomBytes(18).toString('base64url'),
    ghlAppId,
    ghlClientId: `${ghlAppId}-local`,
    ghlClientSecret: randomBytes(18).toString('base64url'),
    ghlRefreshToken: randomBytes(24).toString('base64url'),
  }
}

function writeKeyPair({
  ghlPrivateKeyFile,
  ghlPublicKeyFile,
}: {
  ghlPrivateKeyFile: string
  ghlPublicKeyFile: string
}): void {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  writeSecret(ghlPrivateKeyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }).toString())
  writeSecret(ghlPublicKeyFile, publicKey.export({ type: 'spki', format: 'pem' }).toString())
}

function writeSecret(file: string, text: string): void {
  writeFileSync(`${file}.new`, text, { mode: 0o600 })
  renameSync(`${file}.new`, file)
}

function readSecrets(file: string): Secrets {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'))
    if (isSecrets(value)) return value
  } catch {
    // Answered below, as a file of the wrong shape is.
  }
  throw new Problem(`${file} cannot be read: restore it from a backup, or choose a new directory with --data`)
}

function isSecrets(value: unknown): value is Secrets {
  if (typeof value !== 'object' || value === null) return false
  const texts = new Map(Object.entries(value))
  return Object.keys(newSecrets()).every((name) => typeof texts.get(name) === 'string')
}
