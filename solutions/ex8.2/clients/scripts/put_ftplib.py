# Python's ftplib uploads large.bin, 1 MiB a second, with TLS if there is a fourth argument.
import ftplib
import ssl
import sys
import time

host, port, shelf, *tls = sys.argv[1:]
if tls:
    ftp = ftplib.FTP_TLS(context=ssl._create_unverified_context())
else:
    ftp = ftplib.FTP()
ftp.connect(host, int(port))
ftp.login()
if tls:
    ftp.prot_p()
with open('large.bin', 'rb') as f:
    ftp.storbinary(f'STOR {shelf}/old.bin', f, callback=lambda part: time.sleep(len(part) / (1 << 20)))
