"""A small foreign machine below a folder: the parts of /etc, /proc and /var that looks read."""

from datetime import UTC, datetime

import pytest

from panshi.observe.this_machine.machine import Machine

NOW = datetime(2026, 9, 30, 8, 0, tzinfo=UTC)

FILES = {
    "/proc/sys/kernel/hostname": "branch-07\n",
    "/proc/sys/kernel/osrelease": "6.1.0-13-amd64\n",
    "/proc/sys/kernel/randomize_va_space": "2\n",
    "/proc/sys/kernel/kptr_restrict": "0\n",
    "/proc/sys/net/ipv4/tcp_syncookies": "1\n",
    "/proc/1/comm": "systemd\n",
    "/proc/412/comm": "clamd\n",
    "/proc/413/comm": "auditd\n",
    "/etc/os-release": 'NAME="Debian GNU/Linux"\nVERSION_ID="12"\n',
    "/usr/share/distro-info/debian.csv": (
        "version,codename,series,created,release,eol,eol-lts,eol-elts\n"
        "12,Bookworm,bookworm,2021-08-14,2023-06-10,2026-06-10,2028-06-30,2033-06-30\n"
    ),
    "/sys/class/tpm/tpm0/tpm_version_major": "2\n",
    "/sys/class/dmi/id/chassis_type": "10\n",
    "/etc/dconf/db/local.d/00-bank": (
        "[org/gnome/desktop/session]\nidle-delay=uint32 600\n"
        "[org/gnome/desktop/screensaver]\nlock-enabled=true\n"
    ),
    "/etc/dconf/db/local.d/locks/bank": "/org/gnome/desktop/screensaver/lock-enabled\n",
    "/etc/passwd": (
        "root:x:0:0:root:/root:/bin/bash\n"
        "daemon:x:1:1::/usr/sbin:/usr/sbin/nologin\n"
        "lin:x:1000:1000:Lin:/home/lin:/bin/bash\n"
        "chen:x:1001:1001::/home/chen:/bin/sh\n"
        "guest:x:1002:1002::/home/guest:/bin/sh\n"
        "toor:x:0:0::/root:/bin/zsh\n"
        "broken line\n"
    ),
    "/etc/shadow": (
        "root:!:19000:0:99999:7:::\n"
        "daemon:*:19000:0:99999:7:::\n"
        "lin:$y$j9T$demo$demo:19000:0:99999:7:::\n"
        "chen:$y$j9T$demo$demo:19000:0:99999:7::20000:\n"
        "guest::19000:0:99999:7:::\n"
        "toor:*:19000:0:99999:7:::\n"
    ),
    "/etc/group": "root:x:0:\nsudo:x:27:chen\n",
    "/etc/sudoers": (
        "Defaults env_reset\n"
        "User_Alias OPS = lin, \\\n    chen\n"
        "root ALL=(ALL:ALL) ALL  # as ever\n"
        "%sudo ALL=(ALL) ALL\n"
        "@includedir /etc/sudoers.d\n"
    ),
    "/etc/sudoers.d/ops": "OPS ALL = NOPASSWD: /usr/bin/systemctl restart core\n#1000 ALL = ALL\n",
    "/etc/sudoers.d/old.bak": "ALL ALL = NOPASSWD: ALL\n",
    "/home/lin/.ssh/authorized_keys": "# mine\nssh-ed25519 AAAA demo\n",
    "/home/chen/.ssh/authorized_keys": "# nothing here\n\n",
    "/var/lib/dpkg/status": (
        "Package: openssl\nStatus: install ok installed\nVersion: 3.0.19-1\n"
        "Description: x\n y: z\n\n"
        "Package: gone\nStatus: deinstall ok config-files\nVersion: 1\n\n"
        "Package: bash\nStatus: install ok installed\nVersion: 5.2.15-2\n"
    ),
    "/usr/sbin/sshd": "",
    "/etc/ssh/sshd_config": (
        "Include /etc/ssh/sshd_config.d/*.conf\n"
        "PermitRootLogin yes\n"
        "Port 2222\n"
        "MaxAuthTries 3\n"
        "Ciphers aes256-gcm@openssh.com,aes128-ctr\n"
        "Match User backup\n"
        "    PasswordAuthentication yes\n"
    ),
    "/etc/ssh/sshd_config.d/10-bank.conf": "PasswordAuthentication no\nPermitRootLogin no\n",
    "/etc/ssh/sshd_config.d/ignored.txt": "X11Forwarding yes\n",
    "/proc/net/tcp": (
        "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt uid\n"
        "   0: 0100007F:0CEA 00000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 5001 1\n"
        "   1: 00000000:08AE 00000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 5002 1\n"
        "   2: 0700000A:08AE 0900000A:D431 01 00000000:00000000 00:00000000 00000000 0 0 5003 1\n"
    ),
    "/proc/net/tcp6": (
        "  sl  local_address                         remote_address                        st\n"
        "   0: 00000000000000000000000000000000:01BB 00000000000000000000000000000000:0000 0A "
        "00000000:00000000 00:00000000 00000000 0 0 5004 1\n"
    ),
    "/proc/net/udp": (
        "  sl  local_address rem_address   st\n"
        "   0: 0700000A:0202 00000000:0000 07 00000000:00000000 00:00000000 00000000 0 0 5005 1\n"
    ),
    "/proc/net/fib_trie": (
        "Main:\n  +-- 10.0.0.0/24 2 0 2\n     |-- 10.0.0.0\n        /24 link UNICAST\n"
        "     |-- 10.0.0.7\n        /32 host LOCAL\n"
        "  +-- 127.0.0.0/8 2 0 2\n     |-- 127.0.0.1\n        /32 host LOCAL\n"
    ),
    "/proc/net/if_inet6": (
        "00000000000000000000000000000001 01 80 10 80       lo\n"
        "fe80000000000000021122fffe334455 02 40 20 80     eth0\n"
        "20010db8000000000000000000000007 02 40 00 80     eth0\n"
    ),
    "/usr/lib/python3/dist-packages/attrs-23.1.0.dist-info/METADATA": (
        "Metadata-Version: 2.1\nName: attrs\nVersion: 23.1.0\n\nVersion: not this\n"
    ),
    "/usr/lib/python3/dist-packages/six-1.16.0.egg-info": "Name: six\nVersion: 1.16.0\n",
    "/usr/lib/python3/dist-packages/empty-1.0.dist-info/RECORD": "",
    "/opt/core/venv/pyvenv.cfg": "home = /usr/bin\nversion = 3.12.4\n",
    "/opt/core/venv/lib/python3.12/site-packages/django-5.2.dist-info/METADATA": (
        "Name: Django\nVersion: 5.2\n"
    ),
}


@pytest.fixture
def tree(tmp_path):
    """The folder, with every file of the machine."""
    for name, text in FILES.items():
        path = tmp_path / name.lstrip("/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    descriptors = tmp_path / "proc/412/fd"
    descriptors.mkdir()
    (descriptors / "3").symlink_to("socket:[5001]")
    return tmp_path


@pytest.fixture
def machine(tree):
    """The machine below that folder."""
    return Machine(root=tree)


@pytest.fixture
def now():
    return NOW


@pytest.fixture
def only(machine, now):
    """Take a look that gives one sight."""

    def take(look):
        (sight,) = look(machine, now)
        return sight

    return take
