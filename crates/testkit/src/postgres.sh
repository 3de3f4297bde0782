# A throw-away cluster: folder, binaries, port. Lives until standard input ends.
folder=$1 bin=$2 port=$3
trap '' HUP INT TERM
cd "$folder"
finish() {
  "$bin/pg_ctl" -D "$folder/d" -m immediate -w stop >/dev/null 2>&1 || true
  cd /
  rm -rf "$folder"
}
trap finish EXIT
"$bin/initdb" -D "$folder/d" -U postgres --auth=trust -E UTF8 --locale=C.UTF-8 -N >initdb.log 2>&1 || {
  cat initdb.log >&2
  exit 1
}
# What a crash would lose is lost anyway, so nothing waits for the disk.
"$bin/pg_ctl" -D "$folder/d" -w -l "$folder/log" -o "-c listen_addresses='' \
  -c unix_socket_directories=$folder -c fsync=off -c synchronous_commit=off \
  -c full_page_writes=off -c max_connections=300 -c shared_buffers=64MB -p $port" start >/dev/null || {
  cat "$folder/log" >&2
  exit 1
}
echo READY
cat >/dev/null
