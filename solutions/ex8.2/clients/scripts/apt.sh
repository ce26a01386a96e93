# apt's method ftp: requests on standard input, and what became of them on standard
# output. It ends with its input, so that stays open until all is done.
mkfifo done
{
	printf '601 Configuration\nConfig-Item: APT::Sandbox::User=root\n\n'
	for name in empty.txt noise.bin "two words.txt"; do
		printf '600 URI Acquire\nURI: ftp://%s:%s/%s/%s\nFilename: %s/%s\n\n' "$1" "$2" "$3" "$name" "$PWD" "$name"
	done
	cat done >/dev/null
} | /usr/lib/apt/methods/ftp | {
	n=0
	while [ $n -lt 3 ] && read -r line; do
		echo "$line"
		case $line in
		"201 URI Done") n=$((n + 1)) ;;
		"400 "*) break ;;
		esac
	done
	echo >done
	[ $n = 3 ]
}
