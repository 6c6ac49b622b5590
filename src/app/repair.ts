/** Repairs as HTTP asks for them: kept in the ledger, pictures as files of the data folder. */
import type { EtrRules } from '../engine/repair/repair-rules.ts'
import type { RepairDesk } from '../http/repair-ports.ts'
import type { PictureStore } from '../records/repair/pictures.ts'
import type { SqliteRecords } from '../records/sqlite.ts'
import type { Crews } from './crews.ts'

export function repairDesk(
  records: Pick<SqliteRecords, 'repair' | 'changeRepair'>,
  crews: Crews,
  pictures: PictureStore,
  etrQuantiles: () => EtrRules['quantiles'],
): RepairDesk {
  const { repair } = records
  return {
    crews: () => crews.now(),
    async keepCrew(crew) {
      await records.changeRepair({ do: 'crew', crew })
      crews.renew()
    },
    keepRemark: (remark) => records.changeRepair({ do: 'remark', remark }),
    escalations: (query) => repair.escalationPage(query),
    escalation: (id) => repair.escalation(id),
    log: (incident) => repair.repairLog(incident),
    visits: (incident) => repair.visits(incident),
    children: (incident) => repair.childrenOf(incident),
    etrOutcomes: (from, to, limit) => repair.etrOutcomes(from, to, limit),
    etrNominal: () => etrQuantiles().end - etrQuantiles().start,
    attachments: (incident) => repair.attachments(incident),
    attachment: (id) => repair.attachment(id),
    async attach(attachment, picture) {
      // The file first: a row never names a picture that is not there.
      await pictures.keep(attachment.digest, picture)
      await records.changeRepair({ do: 'attach', attachment })
    },
    picture: (digest) => pictures.read(digest),
  }
}
