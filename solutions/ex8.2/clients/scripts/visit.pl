# Perl's Net::FTP.
use strict;
use warnings;
use Net::FTP;

my ($host, $port, $shelf, $task) = @ARGV;
my $ftp = Net::FTP->new($host, Port => $port, Passive => 1) or die "connect: $@";
sub must { $_[0] or die $_[1], ": ", $ftp->message }
must($ftp->login('anonymous', 'guest@example.com'), 'login');
must($ftp->cwd($shelf), 'cwd');
if ($task eq 'read') {
    print map { "$_\n" } $ftp->dir;
    must($ftp->binary, 'binary');
    must($ftp->get($_), "get $_") for 'empty.txt', 'noise.bin', 'two words.txt';
} else {
    must($ftp->binary, 'binary');
    must($ftp->put('mine.bin', 'put.bin'), 'put');
    must($ftp->rename('put.bin', 'renamed.bin'), 'rename');
}
must($ftp->quit, 'quit');
