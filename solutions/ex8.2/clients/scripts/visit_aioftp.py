# The package aioftp.
import asyncio
import sys

import aioftp

host, port, shelf, task = sys.argv[1:]


async def visit():
    async with aioftp.Client.context(host, int(port)) as client:
        await client.change_directory(shelf)
        if task == 'read':
            for path, _ in await client.list():
                print(path)
            for name in 'empty.txt', 'noise.bin', 'two words.txt', 'tree':
                await client.download(name)
        else:
            await client.upload('mine.bin', 'put.bin', write_into=True)
            await client.rename('put.bin', 'renamed.bin')


asyncio.run(visit())
