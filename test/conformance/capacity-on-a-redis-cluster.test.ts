import { describe } from 'vitest'
import { startRedisCluster } from '../support/redis-cluster.ts'
import { capacityKeepsItsPromises } from './capacity.ts'

describe('capacity on a Redis Cluster of three nodes', () => capacityKeepsItsPromises(startRedisCluster))
