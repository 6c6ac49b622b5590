/** One broker of Kafka that asks who is there: by account over TLS, and by certificate. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Authority } from './certificates.ts'
import { allCounted, formatted, JAVA, properties } from './kafka.ts'
import { accepts, freePort, startServer } from './server-process.ts'

export const ACCOUNT = 'lastgasp'
export const PASSWORD = 'right'

export interface SecuredKafka {
  /** Takes the account, by PLAIN and both SCRAM, over TLS. */
  readonly byAccount: string
  /** Takes certificates of the authority. */
  readonly byCertificate: string
  stop(): Promise<void>
}

/** Starts it with a certificate of `authority`. */
export async function startSecuredKafka(authority: Authority): Promise<SecuredKafka> {
  const [client, controller] = [await freePort(), await freePort()]
  const [account, certificate] = [await freePort(), await freePort()]
  const { certFile, keyFile } = authority.issue('broker')
  const plain = 'org.apache.kafka.common.security.plain.PlainLoginModule'
  const scram = 'org.apache.kafka.common.security.scram.ScramLoginModule'
  const server = await startServer({
    program: 'java',
    config(folder) {
      const keys = join(folder, 'broker-with-key.pem')
      writeFileSync(keys, readFileSync(keyFile, 'utf8') + readFileSync(certFile, 'utf8'))
      const also = [
        { name: 'ACCOUNT', port: account, protocol: 'SASL_SSL' },
        { name: 'CERTIFICATE', port: certificate, protocol: 'SSL' },
      ]
      return `${properties([{ client, controller }], 0, folder, also)}
ssl.keystore.type=PEM
ssl.keystore.location=${keys}
ssl.truststore.type=PEM
ssl.truststore.location=${authority.caFile}
listener.name.certificate.ssl.client.auth=required
listener.name.account.sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512
listener.name.account.plain.sasl.jaas.config=${plain} required user_${ACCOUNT}="${PASSWORD}";
listener.name.account.scram-sha-256.sasl.jaas.config=${scram} required;
listener.name.account.scram-sha-512.sasl.jaas.config=${scram} required;
`
    },
    args: (configFile) => [...JAVA, 'kafka.Kafka', configFile],
    answers: async () => (await accepts(account)) && (await accepts(certificate)),
    prepare: (configFile) =>
      formatted(
        configFile,
        ['SCRAM-SHA-256', 'SCRAM-SHA-512'].flatMap((mechanism) => [
          '--add-scram',
          `${mechanism}=[name=${ACCOUNT},password=${PASSWORD}]`,
        ]),
      ),
  })
  await allCounted(`127.0.0.1:${client}`, 1)
  return {
    byAccount: `127.0.0.1:${account}`,
    byCertificate: `127.0.0.1:${certificate}`,
    stop: server.stop,
  }
}
