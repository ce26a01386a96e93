# Python's ftplib.
import ftplib
import sys

host, port, shelf, task = sys.argv[1:]
ftp = ftplib.FTP()
ftp.connect(host, int(port))
ftp.login()
ftp.cwd(shelf)
if task == 'read':
    ftp.retrlines('LIST')
    for name in 'empty.txt', 'noise.bin', 'two words.txt':
        with open(name, 'wb') as f:
            ftp.retrbinary('RETR ' + name, f.write)
elif task == 'large':
    with open('/dev/null', 'wb', buffering=0) as f:
        ftp.retrbinary('RETR large.bin', f.write)
else:
    with open('mine.bin', 'rb') as f:
        ftp.storbinary('STOR put.bin', f)
    ftp.rename('put.bin', 'renamed.bin')
ftp.quit()
