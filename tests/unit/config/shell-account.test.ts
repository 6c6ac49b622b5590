/** Who sits at the shell, also where the operating system knows no name for the number. */
import { userInfo } from 'node:os'
import { expect, test, vi } from 'vitest'
import { shellAccount } from '../../../src/config/shell-account.ts'

// A number without a name needs a container of its own, or the right to become someone else.
vi.mock('node:os', { spy: true })

test('is the account by its name', () => {
  expect(shellAccount()).toBe(userInfo().username)
})

test('is the number of an account that has no name', () => {
  vi.mocked(userInfo).mockImplementationOnce(() => {
    throw new Error('uv_os_get_passwd returned ENOENT (no such file or directory)')
  })
  expect(shellAccount()).toBe(`uid:${process.getuid!()}`)
})
