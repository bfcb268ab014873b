#!/usr/bin/env perl
# An agent of docs/agent-protocol.md in Perl, with nothing but its core modules.
#
# One thread loops over poll: every descriptor is non-blocking, and what would have to wait is kept
# in @waiting and tried again when poll says so. So `waitall` and `linger`, which the system does
# for blocking calls alone, are not declared.
use v5.36;
use Errno ();
use Fcntl qw(F_GETFL F_SETFL O_NONBLOCK);
use IO::Poll qw(POLLIN POLLOUT POLLERR POLLHUP);
use JSON::PP ();
use MIME::Base64 qw(encode_base64 decode_base64);
use Socket qw(:all);
use Time::HiRes qw(clock_gettime CLOCK_MONOTONIC);

$SIG{PIPE} = 'IGNORE';
$| = 1;

my $json = JSON::PP->new->utf8;
my (%sockets, @waiting, $now);

# What Socket.pm has no name for has its number of Linux.
use constant {FIONREAD => 0x541B, MSG_MORE => 0x8000};

my @ALL = qw(addresses socket so-error connect-ex ready nonblock timeout deadline shutdown peek
    dontwait queued close dup close-wakes inet buffers reuse reuse-port hops options);
my @STREAM = qw(listen connect half-close oob abort accept-reset stall nodelay keepalive
    keep-times);
my @DATAGRAM = qw(trunc disconnect broadcast);

my (%subjects, @SUBJECTS);
for my $row (
    ['tcp', SOCK_STREAM, AF_INET], ['tcp6', SOCK_STREAM, AF_INET6, 'only-v6'],
    ['udp', SOCK_DGRAM, AF_INET, qw(sendto multicast)],
    ['udp6', SOCK_DGRAM, AF_INET6, qw(sendto multicast only-v6)],
    ['udp-connected', SOCK_DGRAM, AF_INET, 'refusal'],
) {
    my ($name, $type, $family, @more) = @$row;
    my $stream = $type == SOCK_STREAM;
    my @caps = (@ALL, $stream ? @STREAM : @DATAGRAM, @more);
    my $any = [$family == AF_INET ? '127.0.0.1' : '::1', 0];
    $subjects{$name} = {type => $type, family => $family, stream => $stream, any => $any,
        caps => {map { $_ => 1 } @caps}};
    my $kind = $stream ? 'stream' : 'datagram';
    push @SUBJECTS, {name => $name, kind => $kind, caps => \@caps, any => $any};
}

# The capability that a command, a flag or an option stands under, where it is not always there.
my %NEEDS = (
    listener => 'listen', accept => 'listen', client => 'connect', local_addr => 'addresses',
    peer_addr => 'addresses', socket => 'socket', bind => 'socket', listen => 'socket',
    connect => 'socket', connect_ex => 'connect-ex', take_error => 'so-error', wait => 'ready',
    close_send => 'half-close', join => 'multicast', leave => 'multicast',
    map { $_ => $_ } qw(shutdown queued abort close dup disconnect),
);
my %FLAGS = (peek => MSG_PEEK, dontwait => MSG_DONTWAIT, oob => MSG_OOB, trunc => 0,
    more => MSG_MORE, dontroute => MSG_DONTROUTE);


my %OPTION_NEEDS = (
    SO_SNDBUF => 'buffers', SO_RCVBUF => 'buffers', SO_REUSEADDR => 'reuse',
    SO_REUSEPORT => 'reuse-port', SO_BROADCAST => 'broadcast', SO_KEEPALIVE => 'keepalive',
    TCP_NODELAY => 'nodelay', IPV6_V6ONLY => 'only-v6', IP_TTL => 'hops',
    (map { $_ => 'keep-times' } qw(TCP_KEEPIDLE TCP_KEEPINTVL TCP_KEEPCNT)),
    (map { $_ => 'multicast' } qw(IP_MULTICAST_IF IP_MULTICAST_TTL IP_MULTICAST_LOOP)),
    (map { $_ => 'options' } qw(SO_TYPE SO_ACCEPTCONN SO_OOBINLINE)),
);
my %LEVEL = (SO => SOL_SOCKET, TCP => IPPROTO_TCP, IP => IPPROTO_IP, IPV6 => IPPROTO_IPV6);
my %OF_IPV6 = (IP_TTL => 'IPV6_UNICAST_HOPS', IP_MULTICAST_TTL => 'IPV6_MULTICAST_HOPS',
    IP_MULTICAST_IF => 'IPV6_MULTICAST_IF', IP_MULTICAST_LOOP => 'IPV6_MULTICAST_LOOP');

my %errno_name;
for my $name (sort keys %!) {
    next if $name =~ /^(EWOULDBLOCK|EDEADLOCK|ENOTSUP)$/;    # second names
    $errno_name{Errno->can($name)->()} = $name;
}

sub say_line ($line) { print $json->encode($line), "\n" or exit 0 }

# What an operation dies with is the rest of its answer.
sub fail ($errno = $! + 0) {
    local $! = $errno;
    die {err => {errno => $errno_name{$errno}, code => $errno + 0, text => "$!"}};
}
# What a system call of no other result comes to.
sub done ($true) { $true || fail(); return {} }
sub refuse ($text) { die {err => {text => $text}} }
sub unsupported () { die {unsupported => JSON::PP::true} }
sub timed_out () { die {err => {kind => 'timed-out'}} }
sub bool ($value) { $value ? JSON::PP::true : JSON::PP::false }

# Does it: true when it has answered, false when it would have to wait.
sub attempt ($id, $do) {
    my $ok = eval { $do->() };
    if (my $error = $@) {
        $error = {err => {text => "$error"}} unless ref $error;
        say_line({id => $id, %$error});
        return 1;
    }
    say_line({id => $id, ok => $ok}) if $ok;
    return !!$ok;
}

# What a system call that may wait comes to: its result, or undef where it would have to.
sub unless_blocked ($result) { $result // ($!{EAGAIN} ? undef : fail()) }

# An operation on $s that $try does: it returns the answer, or undef where it would have to wait
# for $events. Past its time $late is done.
sub operation ($m, $s, $events, $try, %how) {
    my $limit = $m->{limit_ms};
    my $late = $how{late} // \&timed_out;
    my $timeout = $how{no_timeout} ? undef : $s->{timeout};
    my $done = $try->(0);
    return $done if $done;
    my $blocked = $how{blocked} // sub { fail(Errno::EAGAIN) };
    return $blocked->() if $how{once} || defined $timeout && $timeout == 0;
    my ($ms) = sort { $a <=> $b } grep { defined } $limit, $timeout;
    return $late->() if defined $ms && $ms == 0;
    my $due = defined $ms ? $now + $ms / 1000 : undef;
    push @waiting, {id => $m->{id}, s => $s, events => $events, try => $try, due => $due,
        late => $late};
    say_line({id => $m->{id}, started => JSON::PP::true, waiting => JSON::PP::true});
    return undef;
}

sub close_socket ($s) {
    my $handle = delete $s->{handle} or return;
    close $handle;
    my @woken = grep { $_->{s} == $s } @waiting;
    @waiting = grep { $_->{s} != $s } @waiting;
    attempt($_->{id}, sub { fail(Errno::EBADF) }) for @woken;
}

sub pack_address ($addr) {
    refuse('no IP address') unless ref $addr eq 'ARRAY';
    my ($host, $port, $flow, $scope) = @$addr;
    my $four = inet_pton(AF_INET, $host);
    return pack_sockaddr_in($port, $four) if defined $four;
    my $six = inet_pton(AF_INET6, $host) // refuse("no IP address: $host");
    return pack_sockaddr_in6($port, $six, $scope // 0, $flow // 0);
}

sub unpack_address ($packed) {
    return undef unless length $packed;
    if (sockaddr_family($packed) == AF_INET) {
        my ($port, $ip) = unpack_sockaddr_in($packed);
        return [inet_ntop(AF_INET, $ip), $port + 0];
    }
    my ($port, $ip, $scope, $flow) = unpack_sockaddr_in6($packed);
    return [inet_ntop(AF_INET6, $ip), $port + 0, $scope || $flow ? ($flow + 0, $scope + 0) : ()];
}

sub wrap ($handle, $subject) {
    fcntl($handle, F_SETFL, fcntl($handle, F_GETFL, 0) | O_NONBLOCK) or fail();
    return {handle => $handle, subject => $subject, timeout => undef};
}

sub raw_socket ($subject, $addr = undef) {
    socket(my $handle, $subject->{family}, $subject->{type}, 0) or fail();
    bind($handle, pack_address($addr)) or fail() if $addr;
    return $handle;
}

sub make_pair ($subject) {
    my $one = raw_socket($subject, $subject->{any});
    my $two = raw_socket($subject, $subject->{any});
    return ($one, $two) if $subject->{caps}{sendto};
    listen($one, 1) or fail() if $subject->{stream};
    connect($two, getsockname $one) or fail();
    accept(my $server, $one) or fail() if $subject->{stream};
    connect($one, getsockname $two) or fail() unless $subject->{stream};
    return ($subject->{stream} ? $server : $one, $two);
}

sub number_option ($h, @option) { unpack 'i', getsockopt($h, $option[0], $option[1]) // fail() }

sub demand ($subject, $cap) { unsupported() if defined $cap && !$subject->{caps}{$cap} }

sub find_option ($s, $option) {
    demand($s->{subject}, 'options') if ref $option;
    return @$option if ref $option;
    demand($s->{subject}, $OPTION_NEEDS{$option} // unsupported());
    $option = $OF_IPV6{$option} // $option if $s->{subject}{family} == AF_INET6;
    my ($level) = $option =~ /^([^_]+)/;
    return $LEVEL{$level}, Socket->can($option)->();
}

sub find_flags ($s, $m) {
    my $flags = 0;
    for my $name (@{$m->{flags} // []}) {
        $flags |= $FLAGS{$name} // unsupported();
        demand($s->{subject}, $name =~ /^(more|dontroute)$/ ? undef : $name);
    }
    return ($flags, once => !!($flags & MSG_DONTWAIT));
}

# Connects $s; what comes of it is told to $then, whose result is the answer.
sub connecting ($m, $s, $then, %how) {
    my $to = pack_address($m->{to});
    my $try = sub ($seen) {
        if (!$seen) {
            return $then->(0) if connect($s->{handle}, $to);
            return undef if $!{EINPROGRESS} || $!{EALREADY} && ($s->{timeout} // 1) != 0;
            return $then->($! + 0);
        }
        my $code = number_option($s->{handle}, SOL_SOCKET, SO_ERROR);
        connect($s->{handle}, $to) unless $code;    # Linux tells the attempt's success just once
        return $then->($code);
    };
    my $blocked = sub { $then->(Errno::EINPROGRESS) };
    return operation($m, $s, POLLOUT, $try, blocked => $blocked, %how);
}

sub errno_answer ($code) { $code ? {code => $code, errno => $errno_name{$code}} : {code => 0} }

my %making = (
    pair => sub ($m, $subject) {
        @sockets{@$m{qw(as and)}} = map { wrap($_, $subject) } make_pair($subject);
        return {};
    },
    listener => sub ($m, $subject) {
        my $s = $sockets{$m->{as}} = wrap(raw_socket($subject, $subject->{any}), $subject);
        return done(listen $s->{handle}, 128);
    },
    client => sub ($m, $subject) {
        my $s = wrap(raw_socket($subject), $subject);
        return connecting($m, $s, sub ($code) {
            fail($code) if $code;
            $sockets{$m->{as}} = $s;
            return {};
        });
    },
    socket => sub ($m, $subject) { $sockets{$m->{as}} = wrap(raw_socket($subject), $subject); {} },
);

sub membership ($m, $s, @numbers) {
    my $six = $s->{subject}{family} == AF_INET6;
    my $ip = inet_pton($s->{subject}{family}, $m->{group}) // refuse('no such address');
    my $member = pack $six ? 'a16 i' : 'a4 x4 i', $ip, $m->{interface};
    return done(setsockopt $s->{handle}, $six ? IPPROTO_IPV6 : IPPROTO_IP, $numbers[$six], $member);
}

# On a socket that is open: the message, its entry and its handle.
my %about = (
    accept => sub ($m, $s, $h) {
        return operation($m, $s, POLLIN, sub ($seen) {
            my $from = unless_blocked(accept(my $new, $h) || undef) // return undef;
            $sockets{$m->{as}} = wrap($new, $s->{subject});
            return {addr => unpack_address($from)};
        });
    },
    dup => sub ($m, $s, $h) {
        open(my $new, '+<&', $h) or fail();
        $sockets{$m->{as}} = {%$s, handle => $new};
        return {};
    },
    send => sub ($m, $s, $h) {
        my ($flags, @once) = find_flags($s, $m);
        demand($s->{subject}, 'sendto') if defined $m->{to};
        my $to = defined $m->{to} ? pack_address($m->{to}) : undef;
        my $data = decode_base64($m->{data});
        return operation($m, $s, POLLOUT, sub ($seen) {
            my $n = defined $to ? send($h, $data, $flags, $to) : send($h, $data, $flags);
            return {n => unless_blocked($n) // return undef};
        }, @once);
    },
    recv => sub ($m, $s, $h) {
        my ($flags, @once) = find_flags($s, $m);
        my $stream = $s->{subject}{stream};
        # The whole datagram is taken, as Perl has no other way to know that there was more.
        my $room = $stream ? $m->{max} : 65536;
        return operation($m, $s, POLLIN, sub ($seen) {
            my $from = unless_blocked(recv($h, my $data, $room, $flags)) // return undef;
            my $len = length $data;
            my %ok = (data => encode_base64(substr($data, 0, $m->{max}), ''));
            return \%ok if $stream;
            $ok{len} = $len if grep { $_ eq 'trunc' } @{$m->{flags} // []};
            return {%ok, from => unpack_address($from), truncated => bool($len > $m->{max})};
        }, @once);
    },
    close_send => sub ($m, $s, $h) { done(shutdown $h, SHUT_WR) },
    shutdown => sub ($m, $s, $h) {
        my %how = (read => SHUT_RD, write => SHUT_WR, both => SHUT_RDWR);
        return done(shutdown $h, $how{$m->{how}} // $m->{how});
    },
    set_timeout => sub ($m, $s, $h) { $s->{timeout} = $m->{ms}; {} },
    timeout => sub ($m, $s, $h) { {ms => $s->{timeout}} },
    local_addr => sub ($m, $s, $h) { {addr => unpack_address(getsockname($h) // fail())} },
    peer_addr => sub ($m, $s, $h) { {addr => unpack_address(getpeername($h) // fail())} },
    bind => sub ($m, $s, $h) { done(bind $h, pack_address($m->{addr})) },
    listen => sub ($m, $s, $h) { done(listen $h, $m->{backlog} // 128) },
    connect => sub ($m, $s, $h) {
        return connecting($m, $s, sub ($code) { $code ? fail($code) : {} });
    },
    connect_ex => sub ($m, $s, $h) {
        return connecting($m, $s, \&errno_answer, late => sub { errno_answer(Errno::EAGAIN) });
    },
    disconnect => sub ($m, $s, $h) { done(connect $h, pack 'S x14', AF_UNSPEC) },
    take_error => sub ($m, $s, $h) { errno_answer(number_option($h, SOL_SOCKET, SO_ERROR)) },
    abort => sub ($m, $s, $h) {
        setsockopt($h, SOL_SOCKET, SO_LINGER, pack 'ii', 1, 0) or fail();
        close_socket($s);
        return {};
    },
    wait => sub ($m, $s, $h) {
        # Errors are told unasked, but IO::Poll forgets a handle of which nothing is asked.
        my $events = POLLERR | POLLHUP | ($m->{read} ? POLLIN : 0) | ($m->{write} ? POLLOUT : 0);
        my $tell = sub ($seen) {
            my ($read, $write) = (POLLIN | POLLHUP | POLLERR, POLLOUT | POLLERR);
            return {read => bool($m->{read} && $seen & $read), error => bool($seen & POLLERR),
                write => bool($m->{write} && $seen & $write), hangup => bool($seen & POLLHUP)};
        };
        my $try = sub ($seen) {
            my $poll = IO::Poll->new;
            $poll->mask($h => $events);
            $poll->poll(0);
            return $poll->events($h) ? $tell->($poll->events($h)) : undef;
        };
        return operation($m, $s, $events, $try, no_timeout => 1, late => sub { $tell->(0) });
    },
    queued => sub ($m, $s, $h) {
        my $n = pack 'i', 0;
        ioctl($h, FIONREAD, $n) or fail();
        return {n => unpack 'i', $n};
    },
    get_option => sub ($m, $s, $h) { {value => number_option($h, find_option($s, $m->{option}))} },
    set_option => sub ($m, $s, $h) {
        my ($level, $option) = find_option($s, $m->{option});
        # An interface by its number is an ip_mreqn of IPv4.
        my $form = $level == IPPROTO_IP && $option == IP_MULTICAST_IF ? 'x8 i' : 'i';
        return done(setsockopt $h, $level, $option, pack $form, $m->{value});
    },
    join => sub ($m, $s, $h) { membership($m, $s, IP_ADD_MEMBERSHIP, IPV6_JOIN_GROUP) },
    leave => sub ($m, $s, $h) { membership($m, $s, IP_DROP_MEMBERSHIP, IPV6_LEAVE_GROUP) },
);

sub perform ($m) {
    my $cmd = $m->{cmd};
    if ($cmd eq 'hello') {
        my $version = sprintf '%vd', $^V;
        return {proto => 1, name => 'perl', version => $version, os => $^O, subjects => \@SUBJECTS};
    }
    return {} if $cmd eq 'ping';
    if ($cmd eq 'reset') {
        close_socket($_) for values %sockets;
        %sockets = ();
        return {};
    }
    unsupported() unless $making{$cmd} || $about{$cmd} || $cmd =~ /^(release|close)$/;
    for (grep { defined } @$m{qw(as and)}) { refuse("$_ exists") if $sockets{$_} }
    my $s = $making{$cmd} ? undef : $sockets{$m->{on}} // refuse("there is no $m->{on}");
    my $subject = $s ? $s->{subject} : $subjects{$m->{subject}} // refuse('no such subject');
    demand($subject, $NEEDS{$cmd});
    return $making{$cmd}->($m, $subject) if $making{$cmd};
    if ($cmd eq 'release' || $cmd eq 'close') {
        delete $sockets{$m->{on}} if $cmd eq 'release';
        close_socket($s);
        return {};
    }
    fail(Errno::EBADF) unless $s->{handle};
    return $about{$cmd}->($m, $s, $s->{handle});
}

my ($input, $scanned) = ('', 0);
while (1) {
    $now = clock_gettime(CLOCK_MONOTONIC);
    my ($due) = sort { $a <=> $b } grep { defined } map { $_->{due} } @waiting;
    my $poll = IO::Poll->new;
    $poll->mask(\*STDIN => POLLIN);
    for my $op (@waiting) {
        my $h = $op->{s}{handle};
        $poll->mask($h => ($poll->mask($h) // 0) | $op->{events});
    }
    $poll->poll(defined $due ? ($due > $now ? $due - $now + 0.001 : 0) : -1);
    $now = clock_gettime(CLOCK_MONOTONIC);

    for my $op (my @before = @waiting) {
        my $h = $op->{s}{handle} or next;
        my $seen = $poll->events($h) & ($op->{events} | POLLERR | POLLHUP);
        my $late = defined $op->{due} && $op->{due} <= $now;
        next unless $seen || $late;
        my $done = $seen && attempt($op->{id}, sub { $op->{try}->($seen) });
        $done ||= $late && attempt($op->{id}, $op->{late});
        @waiting = grep { $_ != $op } @waiting if $done;
    }

    next unless $poll->events(\*STDIN);
    sysread(STDIN, $input, 1 << 20, length $input) or exit 0;
    while ((my $end = index $input, "\n", $scanned) >= 0) {
        my $line = substr $input, 0, $end + 1, '';
        $scanned = 0;
        # JSON::PP goes from character to character; the bulk is taken out before.
        my $data = $line =~ s/"data":"([A-Za-z0-9+\/=]*)"/"data":""/ ? $1 : undef;
        my $m = $json->decode($line);
        $m->{data} = $data if defined $data;
        $now = clock_gettime(CLOCK_MONOTONIC);
        attempt($m->{id}, sub { perform($m) });
    }
    $scanned = length $input;
}
