// node test/install-programs.mjs PACKAGE...: a process of its own, since it waits for apt-get without a pause.
import { ensureSystemPackages } from '../local/install-system.mjs'

try {
  ensureSystemPackages(process.argv.slice(2))
} catch (error) {
  console.error(error.message)
  process.exit(1)
}
