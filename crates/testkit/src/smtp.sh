# OpenSMTPD with private paths and users: folder, unpacked package, port, domain.
# Runs in a mount and process namespace of its own; lives until standard input ends.
folder=$1 package=$2 port=$3 domain=$4
chmod 755 "$folder"
cd "$folder"
mkdir -p libexec run lib/opensmtpd/empty mail spool/smtpd
cp -a "${package%/}/usr/libexec/opensmtpd" libexec/
cp "${package%/}/usr/sbin/smtpd" smtpd
# Mail belongs to whoever runs the tests; root's goes to a number nobody has.
uid=$(stat -c %u "$folder")
[ "$uid" != 0 ] || uid=64903
{ cat /etc/passwd
  echo 'opensmtpd:x:64901:64901::/var/lib/opensmtpd/empty:/usr/sbin/nologin'
  echo 'opensmtpq:x:64902:64902::/var/lib/opensmtpd/empty:/usr/sbin/nologin'
  echo "mustermail:x:$uid:64903::$folder/mail:/usr/sbin/nologin"; } >passwd
{ cat /etc/group
  echo 'opensmtpd:x:64901:'
  echo 'opensmtpq:x:64902:'
  echo 'mustermail:x:64903:'; } >group
chmod 711 spool/smtpd
chown "$uid:64903" mail
chmod 755 mail
cat >smtpd.conf <<CONF
table boxes { "gone@$domain" = "error:550 no such mailbox", "@$domain" = "mustermail" }
listen on 127.0.0.1 port $port
action "lose" mda "exit 1" virtual <boxes>
match from any for rcpt-to "late@$domain" action "lose"
action "keep" maildir "$folder/mail/Maildir" virtual <boxes>
match from any for domain "$domain" action "keep"
CONF
mount --make-rprivate /
mount --bind passwd /etc/passwd
mount --bind group /etc/group
mount --bind libexec /usr/libexec
mount --bind lib /var/lib
mount --bind spool /var/spool
mount --bind run "$(readlink -f /var/run)"
./smtpd -d -f "$folder/smtpd.conf" >log 2>&1 &
echo READY
cat >/dev/null
# We are the first process of the namespace: when we end, so does everything in it.
