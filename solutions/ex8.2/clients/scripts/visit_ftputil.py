# The package ftputil.
import ftplib
import os
import sys

import ftputil

host, port, shelf, task = sys.argv[1:]


class Session(ftplib.FTP):
    def __init__(self):
        super().__init__()
        self.connect(host, int(port))
        self.login()


with ftputil.FTPHost(session_factory=Session) as ftp:
    ftp.chdir(shelf)
    if task == 'read':
        for name in ftp.listdir('.'):
            print(name)
        for name in 'empty.txt', 'noise.bin', 'two words.txt':
            ftp.download(name, name)
        for directory, _, names in ftp.walk('tree'):
            os.makedirs(directory, exist_ok=True)
            for name in names:
                ftp.download(f'{directory}/{name}', f'{directory}/{name}')
    else:
        ftp.upload('mine.bin', 'put.bin')
        ftp.rename('put.bin', 'renamed.bin')
