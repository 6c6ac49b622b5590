/** `lastgasp receiver`: stands for a gateway of short messages or an app, and shows what arrives. */
import type { Command } from 'commander'
import { startReceiver } from '../app/receiver.ts'
import { UsageError } from '../config/errors.ts'

export function registerReceiver(program: Command): void {
  program
    .command('receiver')
    .description('take messages as a gateway would, and show them on a page; for trying out')
    .option('--port <n>', 'on this machine alone; 0 takes any that is free', '0')
    .action(async ({ port }: { readonly port: string }) => {
      const number = Number(port)
      if (!Number.isInteger(number) || number < 0 || number > 65_535)
        throw new UsageError('--port: a port number is needed')
      const receiver = await startReceiver(number)
      console.log(`hook  ${receiver.hook}   (add it by POST /api/v1/webhooks with "channels")`)
      console.log(`page  ${receiver.page}`)
      console.log('stop with Ctrl-C')
      await new Promise((resolve) => process.once('SIGINT', resolve).once('SIGTERM', resolve))
      await receiver.close()
    })
}
