# Python's urllib.request.
import shutil
import sys
from urllib.parse import quote
from urllib.request import urlopen

host, port, shelf = sys.argv[1:4]
base = f'ftp://{host}:{port}/{shelf}/'
with urlopen(base) as r:
    print(r.read().decode())
for name in 'empty.txt', 'noise.bin', 'two words.txt':
    with urlopen(base + quote(name)) as r, open(name, 'wb') as f:
        shutil.copyfileobj(r, f)
        length = r.headers.get('Content-Length')
        if length != str(f.tell()):
            sys.exit(f'the length of {name} is {length}, want {f.tell()}')
