/** The example that ends each help page, by the words of the verb. A test asks for one for each. */
export const EXAMPLES: Readonly<Record<string, string>> = {
  serve: 'lastgasp serve --config config.yaml --grid grid.json',
  'grid import':
    'lastgasp grid import --from opendss 8500/Master.dss --also 8500/Fuses.dss --out grid.json',
  'grid generate': 'lastgasp grid generate --customers 20000 --seed 7 --out grid.json',
  'grid check': 'lastgasp grid check grid.json',
  'grid stats': 'lastgasp grid stats grid.json --json',
  'grid compile': 'lastgasp grid compile grid.json --out grid.image',
  'grid diff': 'lastgasp grid diff before.json after.json',
  'grid apply': 'lastgasp grid apply grid.json --url http://127.0.0.1:8080',
  'grid draw': 'lastgasp grid draw scenario.yaml --out grid.json',
  simulate:
    'lastgasp simulate branch-fault --broker mqtt://127.0.0.1:1883 --grid grid.json --truth truth.jsonl',
  score: 'lastgasp score --truth truth.jsonl --url http://127.0.0.1:8080 --data data',
  replay: 'lastgasp replay --data data --digest',
  'rules check': 'lastgasp rules check judgement.yaml',
  receiver: 'lastgasp receiver --port 8099',
  'texts check': 'lastgasp texts check',
  'rules test': 'lastgasp rules test scenario.yaml --rules judgement.yaml',
  'rules apply':
    'LASTGASP_TOKEN=$(lastgasp token --role operator --data data | tail -1) \\\n    lastgasp rules apply judgement.yaml --url http://127.0.0.1:8080',
  'customers import': 'lastgasp customers import customers.csv --data data',
  'customers generate': 'lastgasp customers generate --grid grid.json --seed 7 --out customers.csv',
  'customers erase': 'lastgasp customers erase 1500000001 --data data',
  backup: 'lastgasp backup --data data --out backups/2026-11-22',
  restore: 'lastgasp restore --from backups/2026-11-22 --data data',
  'audit verify': 'lastgasp audit verify --data data',
  'user add': 'lastgasp user add wang --role agent',
  token:
    "lastgasp token --role auditor | sed 's/^/Authorization: Bearer /' |\n    curl -H @- http://127.0.0.1:8080/api/v1/incidents",
  'config print': 'lastgasp config print --config config.yaml',
  'config reference': 'lastgasp config reference > docs/configuration.md',
  doctor: 'lastgasp doctor --config config.yaml',
  'bench accuracy': 'lastgasp bench accuracy --grid grid.json --faults 3 --loss 0.3 --json',
  'bench engine': 'lastgasp bench engine --meters 9000000 --json',
  'bench kill': 'lastgasp bench kill --times 30 --json',
  'bench journal': 'lastgasp bench journal --seconds 3 --json',
  'bench simulate': 'lastgasp bench simulate --seeds 300 --json',
  'bench live': 'lastgasp bench live --sockets 5000 --json',
  'bench fuzz': 'lastgasp bench fuzz --cases 2000 --seed 7 --json',
  'bench pipeline':
    'lastgasp bench pipeline --rate 5000 --seconds 10 --connections 2500 --meters 1000000 --json',
  'bench storm':
    'lastgasp bench storm --meters 1000000 --gasps 200000 --seconds 20 --connections 4000 --json',
  'bench inform': 'lastgasp bench inform --customers 300000 --json',
  'bench lookup': 'lastgasp bench lookup --customers 1000000 --json',
}
