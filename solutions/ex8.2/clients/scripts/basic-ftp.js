// The package basic-ftp of npm.
const ftp = require('basic-ftp')

async function visit([host, port, shelf, task]) {
  const client = new ftp.Client()
  try {
    await client.access({ host, port: Number(port), user: 'anonymous', password: 'guest@example.com' })
    await client.cd(shelf)
    if (task === 'read') {
      for (const file of await client.list()) console.log(file.name)
      for (const name of ['empty.txt', 'noise.bin', 'two words.txt']) await client.downloadTo(name, name)
      await client.downloadToDir('tree', 'tree')
    } else {
      await client.uploadFrom('mine.bin', 'put.bin')
      await client.rename('put.bin', 'renamed.bin')
    }
    await client.send('QUIT')
  } finally {
    client.close()
  }
}
visit(process.argv.slice(2)).catch(err => { console.error(err); process.exit(1) })
