<?php
// The ftp extension of PHP, plain and over TLS.
[, $host, $port, $shelf, $task] = $argv;
$secure = str_starts_with($task, 'tls-');

function must($ok, string $what)
{
    if ($ok === false) {
        exit("$what failed\n");
    }
    return $ok;
}

$ftp = must($secure ? ftp_ssl_connect($host, (int)$port, 30) : ftp_connect($host, (int)$port, 30), 'connect');
must(ftp_login($ftp, 'anonymous', 'guest@example.com'), 'login');
must(ftp_pasv($ftp, true), 'pasv');
must(ftp_chdir($ftp, $shelf), 'chdir');
if (str_ends_with($task, 'read')) {
    echo implode("\n", must(ftp_rawlist($ftp, '.'), 'rawlist')), "\n";
    foreach (['empty.txt', 'noise.bin', 'two words.txt'] as $name) {
        must(ftp_get($ftp, $name, $name), "get $name");
    }
} else {
    must(ftp_put($ftp, 'put.bin', 'mine.bin'), 'put');
    must(ftp_rename($ftp, 'put.bin', 'renamed.bin'), 'rename');
}
ftp_close($ftp);
echo "done\n";
