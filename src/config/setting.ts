/**
 * Builders of one setting each: its type, what it does, and what the reader is told beside it. The
 * schema (`schema.ts`) is written with these.
 */
import { z } from 'zod'

/** What the reader of a setting is told beside its description. */
export interface SettingInfo {
  /** What a value must look like, completing "expected …". */
  readonly expects: string
  /** A value that would be accepted, for error messages and the reference. */
  readonly example: string
  /** Why the default is what it is. */
  readonly reason: string
  readonly unit?: string
  /** Name this setting has in the environment of many other programs. */
  readonly alias?: string
  /** Hidden by `config print`, readable from a file named by `…_FILE`. */
  readonly secret?: boolean
}

/** What was said of each setting beside its type. */
export const settingInfo = new Map<z.ZodType, SettingInfo>()

export function setting<S extends z.ZodType>(schema: S, does: string, info: SettingInfo): S {
  const described = schema.describe(does)
  settingInfo.set(described, info)
  return described
}

export function secret(does: string, info: Omit<SettingInfo, 'expects' | 'example' | 'secret'>) {
  return setting(z.string().min(1).nullable().default(null), does, {
    expects: 'a text that is not empty',
    example: '(kept secret)',
    secret: true,
    ...info,
  })
}

export function text(fallback: string | null, does: string, info: Omit<SettingInfo, 'expects'>) {
  return setting(z.string().min(1).nullable().default(fallback), does, {
    expects: 'a text that is not empty',
    ...info,
  })
}

export function plain(fallback: string, does: string, info: Omit<SettingInfo, 'expects'>) {
  return setting(z.string().min(1).default(fallback), does, {
    expects: 'a text that is not empty',
    ...info,
  })
}

export function whole(
  least: number,
  most: number,
  fallback: number,
  does: string,
  info: Omit<SettingInfo, 'expects' | 'example'>,
) {
  return setting(z.int().min(least).max(most).default(fallback), does, {
    expects: `a whole number from ${least} to ${most}`,
    example: String(fallback),
    ...info,
  })
}

export function flag(does: string, info: Omit<SettingInfo, 'expects' | 'example'>) {
  return setting(z.boolean().default(false), does, {
    expects: 'true or false',
    example: 'true',
    ...info,
  })
}

export function port(fallback: number, does: string, reason: string) {
  return whole(0, 65_535, fallback, `${does}; 0 takes any free port`, { reason })
}

export function host(does: string) {
  return setting(z.string().min(1).default('127.0.0.1'), does, {
    expects: 'an address or host name of this machine',
    example: '127.0.0.1',
    reason: 'nothing is reachable from other machines until someone decides so',
  })
}

export function address(schemes: string, does: string, info: Omit<SettingInfo, 'expects'>) {
  return setting(
    z
      .url({ protocol: new RegExp(`^(${schemes.replaceAll(' or ', '|')})$`) })
      // Addresses are printed and logged; user names and passwords have settings of their own.
      .refine((text) => !/^\w+:\/\/[^/?#]*@/.test(text))
      .nullable()
      .default(null),
    does,
    {
      expects: `an address with ${schemes} and without user and password`,
      ...info,
    },
  )
}

export function webUrl(does: string, info: Omit<SettingInfo, 'expects'>) {
  return address('http or https', does, info)
}
