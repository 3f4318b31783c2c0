import { expect, test } from 'vitest'
import { outgoingUrlFault } from './outgoing-url.ts'
import { isPublicAddress } from './public-address.ts'

test.each([
  ['private', '10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1'],
  ['loopback', '127.0.0.1', '127.255.255.254', '::1'],
  ['unspecified', '0.0.0.0', '0.1.2.3', '::'],
  ['link-local and cloud metadata', '169.254.169.254', 'fe80::1', 'fd00:ec2::254'],
  ['carrier-grade NAT', '100.64.0.1', '100.127.255.255'],
  ['unique local', 'fc00::1', 'fd12:3456::1'],
  [
    'IPv4 in IPv6',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::ffff:8.8.8.8',
    '::127.0.0.1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
  ],
  ['reserved', '192.0.0.1', '198.18.0.1', '203.0.113.1', '224.0.0.1', '240.0.0.1', '255.255.255.255', '2001:db8::1'],
  ['site-local of old, tunnels, discard', 'fec0::1', '2001::1', '100::1', '5f00::1'],
  ['no address', '', 'example.com', '1.2.3', '999.1.1.1'],
])('%s addresses are not public', (_kind, ...addresses) => {
  expect(addresses.filter(isPublicAddress)).toEqual([])
})

test('addresses of the Internet are public', () => {
  const addresses = ['8.8.8.8', '1.1.1.1', '172.15.0.1', '172.32.0.1', '100.63.0.1', '100.128.0.1', '2606:4700::1111']
  expect(addresses.filter((address) => !isPublicAddress(address))).toEqual([])
})

test.each([
  'https://127.0.0.1/x',
  'https://2130706433/',
  'https://0x7f000001/',
  'https://0x7f.1/',
  'https://0177.0.0.1/',
  'https://127.1/',
  'https://0/',
  'https://0.0.0.0:8080/',
  'https://127.0.0.1./',
  'https://[::1]/',
  'https://[::]/',
  'https://[::ffff:127.0.0.1]/',
  'https://[::ffff:7f00:1]/',
  'https://[fd00:ec2::254]/latest/meta-data',
  'https://169.254.169.254/latest/meta-data',
  'https://①②⑦.⓪.⓪.①/',
  'https://localhost/',
  'https://LOCALHOST./',
  'https://ⓛocalhost/',
  'https://app.localhost/',
  'https://metadata.google.internal/',
  'https://printer.local/',
  'https://intranet/',
])('a URL that leads into our own network is refused, however it is written: %s', (url) => {
  expect(outgoingUrlFault(url, false)).toMatch(/not public/)
})

test.each([
  ['http://example.com/', /https/],
  ['ftp://example.com/', /https/],
  ['file:///etc/passwd', /https/],
  ['javascript:alert(1)', /https/],
  ['https://user:secret@example.com/', /user name/],
  ['https://user@example.com/', /user name/],
  ['example.com', /not a URL/],
  ['https://', /not a URL/],
  ['', /not a URL/],
])('%s is refused', (url, why) => {
  expect(outgoingUrlFault(url, false)).toMatch(why)
})

test('a public https URL is taken; http and private addresses only where that is allowed', () => {
  expect(outgoingUrlFault('https://hooks.example.com/services/T0/B0?x=1', false)).toBeNull()
  expect(outgoingUrlFault('https://8.8.8.8:8443/', false)).toBeNull()
  expect(outgoingUrlFault('http://127.0.0.1:9000/hook', true)).toBeNull()
  expect(outgoingUrlFault('http://user:secret@127.0.0.1/', true)).toMatch(/user name/)
  expect(outgoingUrlFault('file:///etc/passwd', true)).toMatch(/https/)
})
