/** octoDNS, the peer for plans of zones, with its own client of Cloudflare's API. Other people's code, pinned; only tests use it. */
import { fetchPythonProgram } from '@xanthus/binaries';

/** Each file by its hash: of PyYAML the wheels of Linux x64 and arm64 for Python 3.10 to 3.14. */
const REQUIREMENTS = [
  'octodns==1.22.0 --hash=sha256:dfb7b529ec4e9eb2c08a03af15e8e48d7a67ffda7b930beccf7203e64018cad8',
  'octodns-cloudflare==1.2.0 --hash=sha256:4fc1a119890494a950997360d534e7e1c133b17228227570881327d6cfcf7391',
  'certifi==2026.10.18 --hash=sha256:73191c47aaa79da394e8fee2dbc2ec827432cab56311122c9e47abf79e390f62',
  'charset-normalizer==3.5.2 --hash=sha256:b6b751274acb69d77b3323d6b7dbaa3c7fdfc1eb829b7eb61d262f32e1af9685',
  'dnspython==2.9.2 --hash=sha256:af15f7d385a6ae2fb35a796fde2138004c8c42c7389090e2addc83e3b3340fd8',
  'fqdn==1.6.0 --hash=sha256:6c793c312ccfa29981e1135b3ef5e1277ebe639731a6b0f7350d90e96e63f0b4',
  'idna==3.20 --hash=sha256:ab7ae7122974553370f0bdb919e1a960b2cd1bc1ef0276416d896db81c14582c',
  'natsort==8.4.0 --hash=sha256:4732914fb471f56b5cce04d7bae6f164a592c7712e1c85f9ef585e197299521c',
  'python-dateutil==4.0.0 --hash=sha256:a5e246f79eb80475e691bf93862cead98decd8a498cf53ba0516fcdc0f50dc1c',
  'requests==2.34.2 --hash=sha256:2a0d60c172f83ac6ab31e4554906c0f3b3588d37b5cb939b1c061f4907e278e0',
  'urllib3==2.8.0 --hash=sha256:0cf3cae568d36aa9576b28dfb35f11328f1cb974ca7647d9475ebb86c75ac6e3',
  ['PyYAML==6.0.3', ...[
    'b30236e45cf30d2b8e7b3e85881719e98507abed1011bf463a8fa23e9c3e98a8', '9c7708761fccb9397fe64bbc0395abcae8c4bf7b0eac081e12b809bf47700d0b', '10892704fc220243f5305762e276552a0395f7beb4dbf9b14ec8fd43b57f126c',
    'b8bb0864c5a28024fac8a632c443c87c5aa6f215c0b126c449ae1a150412f31d', '9149cad251584d5fb4981be1ecde53a1ca46c891a79788c0df828d2f166bda28', 'ba1cc08a7ccde2d2ec775841541641e4548226580ab850948cbfda66a1befcdc',
    'ee2922902c45ae8ccada2c5b501ab86c36525b883eff4255313a253a3160861c', '0f29edc409a6392443abf94b9cf89ce99889a1dd5376d94316ae5145dfedd5d6', '501a031947e3a9025ed4405a168e6ef5ae3126c59f90ce0cd6f2bfc477be31b7',
    'c458b6d084f9b935061bc36216e8a69a7e293a2f1e68bf956dcd9e6cbcd143f5',
  ].map(hash => `--hash=sha256:${hash}`)].join(' '),
];

export const fetchOctoDns = () => fetchPythonProgram('octodns', REQUIREMENTS);
