import { freePort } from '../../local/ports.ts'
import { type DeliveryBench, startDeliveryBench, tenant } from '../support/delivery-bench.ts'
import { OPERATOR, startDirectory, type TestDirectory } from '../support/directory.ts'

export type ConnectRig = {
  url: string
  key: string
  bench: DeliveryBench
  directory: TestDirectory
  stop: () => Promise<void>
}

export { tenant }

/** A directory that a browser can open, a delivery process and the simulator of GHL: nobody is connected. */
export async function startConnectRig(locations: { id: string; name: string }[]): Promise<ConnectRig> {
  const bench = await startDeliveryBench([])
  const places = locations.map((place) => ({ city: 'Austin', state: 'TX', timezone: 'America/Chicago', ...place }))
  await bench.simulator.call('PUT', '/_sim/organisation', {
    ...{ companyId: tenant, name: 'Acme Franchise' },
    locations: places.map((place) => ({ ...place, intake: false })),
  })
  await bench.pool.query('DELETE FROM hexroute.ghl_companies')
  await bench.pool.query('DELETE FROM hexroute.locations')
  await bench.pool.query('DELETE FROM hexroute.regions')
  await bench.pool.query('DELETE FROM hexroute.agencies')
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const directory = await startDirectory({
    over: bench,
    ghlApp: {
      clientId: `${bench.simulator.appId}-test`,
      oauthUrl: `${bench.simulator.url}/oauth/chooselocation`,
      publicUrl: url,
    },
  })
  await directory.app.listen({ port, host: '127.0.0.1' })
  await bench.start()
  return {
    ...{ url, key: OPERATOR, bench, directory },
    stop: async () => {
      await directory.stop()
      await bench.stop()
    },
  }
}
