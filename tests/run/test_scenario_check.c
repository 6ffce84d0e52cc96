/*
 * Scenarios that are refused, each with its exact message: place, what is wrong, what would be accepted.
 */
#include "run/scenario.h"

#include "scenario_text.h"

#include <check.h>

/* Four lines that are good, so that what follows is on line 5. */
#define HOSTS                                                                                                \
        "inorder: 1\n"                                                                                       \
        "hosts: { a: { addr: 10.0.0.1 }, b: { addr: 10.0.0.2 }, g: { count: 3, addr: 10.1.0.1 }, "           \
        "h: { count: 2, addr: 10.2.0.1 } }\n"                                                                \
        "routers: { r: {} }\n"
#define LINKS                                                                                                \
        "links: [{ name: ar, between: [a, r] }, { name: br, between: [b, r] }, { name: gr, between: [g, r] " \
        "}]\n"

struct refused {
        const char *text;
        const char *message; /* behind "FILE:" */
        const char *why;
};

static const struct refused refused_files[] = {
        { "", "1:1: error: a scenario: nothing is given; accepted: a mapping", "an empty file" },
        { "[1]", "1:1: error: a scenario: a list; accepted: a mapping", "a list" },
        { "inorder: 2\nhosts: { a: { addr: 10.0.0.1 } }",
                "1:10: error: inorder: unknown word '2'; accepted: 1", "another format" },
        { "hosts: { a: { addr: 10.0.0.1 } }", "1:1: error: a scenario without 'inorder'; the key is required",
                "no format" },
        { "inorder: 1", "1:1: error: a scenario without 'hosts'; the key is required", "no hosts" },
        { "inorder: 1\nhosts: {}", "1:1: error: hosts: there is none; one is required", "hosts, but none" },
        { "inorder: 1\nhosts: { a: { addr: 10.0.0.1 } }\nlinsk: []",
                "3:1: error: unknown key 'linsk' in a scenario; did you mean 'links'?",
                "a mistyped section" },
        { "inorder: 1\ninorder: 1",
                "2:1: error: key 'inorder' is given twice (first on line 1); each key once is accepted",
                "a doubled key" },
        { "inorder: 1\nhosts: { a: { addr: 10.0.0.1, addr: 10.0.0.2 } }",
                "2:31: error: key 'addr' is given twice (first on line 2); each key once is accepted",
                "a doubled key inside" },
        { "inorder: &one 1", "1:10: error: anchor '&one'; write the value out at each place instead",
                "an anchor" },
        { "inorder: *one", "1:10: error: alias '*one'; write the value out instead", "an alias" },
        { "inorder: !!int 1",
                "1:10: error: tag 'tag:yaml.org,2002:int'; put text that begins with '!' into quotes",
                "a tag" },
        { "inorder: 1\n---\ninorder: 1", "2:1: error: a second document; one is accepted", "two documents" },
        { "inorder: [1",
                "2:1: error: not YAML: did not find expected ',' or ']', while parsing a flow sequence",
                "a bracket left open" },
        { "inorder: 1\n	hosts: {}",
                "2:1: error: not YAML: found a tab character that violates indentation, while scanning a "
                "plain scalar",
                "a tab" },
        { "inorder: 1\ntitle: \xff", "2:8: error: byte 0xff is not UTF-8; only UTF-8 text is accepted",
                "not UTF-8" },
        { "inorder: 1\n? [a]\n: 1", "2:3: error: a key that is a list; plain words are accepted as keys",
                "a key that is a list" },
        { "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]",
                "1:33: error: nested too deep; 32 levels are accepted", "nested too deep" },
        { "inorder: \"a\\0b\"", "1:10: error: a NUL character; text without it is accepted",
                "a NUL character" },
        { "inorder: 1\nhosts: [a]", "2:8: error: hosts: a list; accepted: a mapping", "hosts as a list" },
        { "inorder: 1\nhosts: { a: { addr: 10.0.0.256 } }",
                "2:21: error: addr: '10.0.0.256' is not an address; accepted: four numbers such as "
                "192.0.2.1, or "
                "IPv6's such as 2001:db8::1",
                "no address" },
        { "inorder: 1\nhosts: { a: { addr: 127.0.0.1 } }",
                "2:21: error: addr: 127.0.0.1 is no host's address; accepted: 1.0.0.0 to 223.255.255.255 "
                "without 127.0.0.0/8",
                "a loopback address" },
        { "inorder: 1\nhosts: { a: { addr: fe80::1 } }",
                "2:21: error: addr: fe80::1 is no host's address; accepted: 100:: to feff:: without "
                "fe80::/10",
                "an address of its link only" },
        { "inorder: 1\nhosts: { a: { addr: \"::1\" } }",
                "2:21: error: addr: ::1 is no host's address; accepted: 100:: to feff:: without fe80::/10",
                "IPv6's loopback address" },
        { "inorder: 1\nhosts: { a: {} }", "2:13: error: a host without 'addr'; the key is required",
                "no addr" },
        { "inorder: 1\nhosts: { a: { adr: 10.0.0.1 } }",
                "2:15: error: unknown key 'adr' in a host; did you mean 'addr'?", "a mistyped key" },
        { "inorder: 1\nhosts: { a/b: { addr: 10.0.0.1 } }",
                "2:10: error: hosts: 'a/b' is not a name; accepted: up to 63 letters, digits, '-' and '_', "
                "the first a letter or digit",
                "a name that is none" },
        { "inorder: 1\nhosts: { a: { addr: 10.0.0.1 }, b: { addr: 10.0.0.1 } }",
                "2:44: error: b: 10.0.0.1 is a's address already; accepted: one of its own",
                "one address twice" },
        { "inorder: 1\nhosts: { g: { count: 5, addr: 10.0.0.1 }, b: { addr: 10.0.0.4 } }",
                "2:54: error: b: 10.0.0.4 is g's address already; accepted: one of its own",
                "an address inside a group" },
        { "inorder: 1\nhosts: { g: { count: 5, addr: 223.255.255.254 } }",
                "2:10: error: g: 5 addresses from there go past 223.255.255.255; accepted: fewer",
                "a group past the last address" },
        { "inorder: 1\nhosts: { g: { count: 0, addr: 10.0.0.1 } }",
                "2:22: error: count: '0' is too small; accepted: 1 to 1000000", "a group of none" },
        { "inorder: 1\nhosts: { g: { count: 2, addr: 10.0.0.1 }, g-2: { addr: 10.0.0.9 } }",
                "2:43: error: 'g-2' is a member of the group 'g' already; accepted: another name",
                "a member's name" },
        { "inorder: 1\nhosts: { a: { addr: 10.0.0.1 } }\nrouters: { a: {} }",
                "3:12: error: routers: 'a' is a host already; accepted: a name of its own",
                "a router named as a host" },
        { "inorder: 1\nhosts: { a: { addr: 10.0.0.1, resolver: 10.0.0.9 } }",
                "2:10: error: a: resolver 10.0.0.9 is no host's address; accepted: a host's",
                "a resolver that is not there" },
        { "inorder: 1\nhosts: { a: { addr: 10.0.0.1, resolver: 10.0.0.2 }, b: { addr: 10.0.0.2 } }",
                "2:41: error: a: no links lead to its resolver b; accepted: a host within reach",
                "a resolver out of reach" },
        { "inorder: 1\nhosts: { g: { count: 400000, addr: 10.0.0.1 }, a: { addr: 9.0.0.1 } }\n"
          "links: [{ name: l, between: [g, a] }]",
                "1:1: error: 1200001 hosts, routers and link directions; accepted: at most 1048575 in all",
                "more owners than an event's key can tell apart" },
};

static const struct refused refused_values[] = {
        { "title: ''", "5:8: error: title: nothing is given; accepted: text", "an empty title" },
        { "seed: -1", "5:7: error: seed: '-1' is not a number; accepted: 0 to 9007199254740991",
                "a negative seed" },
        { "seed: 9007199254740992",
                "5:7: error: seed: '9007199254740992' is too large; accepted: 0 to 9007199254740991",
                "a seed past 2^53-1" },
        { "seed: 1.5", "5:7: error: seed: '1.5' is not a whole number; accepted: 0 to 9007199254740991",
                "a broken seed" },
        { "stop: 60", "5:7: error: stop: '60' has no unit; accepted: 30ms, 1.5s, 2m",
                "a time without a unit" },
        { "stop: 60sec", "5:7: error: stop: '60sec' has an unknown unit; accepted: 30ms, 1.5s, 2m",
                "a time of unknown unit" },
        { "stop: 0s", "5:7: error: stop: '0s' is too small; accepted: 1ns or more", "no time at all" },
        { "stop: 1.5ns",
                "5:7: error: stop: '1.5ns' is not a whole number of nanoseconds; accepted: 30ms, 1.5s, 2m",
                "less than a nanosecond" },
        { "stop: 99999999h", "5:7: error: stop: '99999999h' is too large; accepted: at most 8760h",
                "past the end of time" },
        { "stop: 8761h", "5:7: error: stop: '8761h' is too large; accepted: at most 8760h", "past a year" },
        { "stop: soon", "5:7: error: stop: 'soon' is not a time; accepted: 30ms, 1.5s, 2m", "no number" },
        { "tcp: { sakc: on }", "5:8: error: unknown key 'sakc' in tcp; did you mean 'sack'?",
                "a mistyped setting" },
        { "tcp: { sack: maybe }",
                "5:14: error: sack: 'maybe' is neither on nor off; accepted: on, off, yes, no, true, false",
                "neither on nor off" },
        { "tcp: { congestion-control: cubik }",
                "5:28: error: congestion-control: unknown word 'cubik'; did you mean 'cubic'?",
                "a mistyped algorithm" },
        { "tcp: { recovery: sakc }", "5:18: error: recovery: unknown word 'sakc'; did you mean 'sack'?",
                "a mistyped recovery" },
        { "tcp: { pacing: fast }", "5:16: error: pacing: unknown word 'fast'; accepted: auto, on, off",
                "a word, and no switch" },
        { "tcp: { ecn: perhaps }", "5:13: error: ecn: unknown word 'perhaps'; accepted: off, passive, on",
                "no word for it" },
        { "tcp: { tail-loss-probe: perhaps }",
                "5:25: error: tail-loss-probe: 'perhaps' is neither on nor off; accepted: on, off, yes, no, "
                "true, "
                "false",
                "a switch, mistyped" },
        { "tcp: { delayed-ack: 2s }",
                "5:21: error: delayed-ack: '2s' is too large; accepted: 1ns to 500ms, adaptive, off",
                "a delay that RFC 1122 forbids" },
        { "tcp: { receive-buffer: 1kB }",
                "5:24: error: receive-buffer: '1kB' is too small; accepted: 1152B to 512MiB, auto",
                "a buffer of no use" },
        { "tcp: { mss: 20 }", "5:13: error: mss: '20' is too small; accepted: 88B to 65495B, auto",
                "a tiny MSS" },
        { "tcp: { mss: 0 }", "5:13: error: mss: '0' is too small; accepted: 88B to 65495B, auto",
                "0 has a word" },
        { "tcp: { initial-window: 0 }", "5:24: error: initial-window: '0' is too small; accepted: 1 to 1000",
                "no window" },
        { "tcp: { syn-linear-timeouts: 400 }",
                "5:29: error: syn-linear-timeouts: '400' is too large; accepted: 0 to 127",
                "more than Linux takes" },
        { "tcp: { min-rto: 3s, max-rto: 2s }",
                "5:6: error: tcp: min-rto is above max-rto; accepted: at most the same",
                "limits the wrong way round" },
        { "tcp: { keepalive: sometimes }",
                "5:19: error: keepalive: 'sometimes' is not a time; accepted: 30ms, 1.5s, 2m, on, off",
                "neither a time nor a switch" },
        { "tcp: on", "5:6: error: tcp: a single value; accepted: a mapping", "not a mapping" },
};

static const struct refused refused_links[] = {
        { "links: [{ name: ar, between: [a, r] }, { name: x, between: [a, bb] }]",
                "4:64: error: between: no host is named 'bb'; did you mean 'b'?", "an unknown end" },
        { "links: [{ name: ar, between: [a, r] }, { name: x, between: [a] }]",
                "4:60: error: between: 1 given; accepted: two, as in [browser, isp]", "one end" },
        { "links: [{ name: ar, between: [a, r] }, { name: x, between: [a, a] }]",
                "4:60: error: between: both ends are 'a'; accepted: two different ones",
                "the same end twice" },
        { "links: [{ name: ar, between: [a, r] }, { name: x, between: a }]",
                "4:60: error: between: a single value; accepted: a list", "no list" },
        { "links: [{ name: ar, between: [a, r] }, { name: x }]",
                "4:40: error: a link without 'between'; the key is required", "no ends" },
        { "links: [{ name: ar, between: [a, r] }, { name: ar, between: [a, b] }]",
                "4:48: error: two links are named 'ar'; accepted: a name of its own", "a name taken" },
        { "links: [{ name: ar, between: [a, r] }, { name: x, between: [g, h] }]",
                "4:40: error: between: 'g' has 3 members and 'h' 2; accepted: groups of one size, or one "
                "group",
                "groups that do not pair" },
        { "links: [{ name: ar, between: [a, r] }, { name: x, between: [a, b], rate: 10Mbps }]",
                "4:74: error: rate: '10Mbps' has an unknown unit; accepted: 10Mbit/s, 1.5Gbit, 100kB/s, "
                "unlimited",
                "a unit that means bytes to netem" },
        { "links: [{ name: ar, between: [a, r] }, { name: x, between: [a, b], rate: 10 }]",
                "4:74: error: rate: '10' has no unit; accepted: 10Mbit/s, 1.5Gbit, 100kB/s, unlimited",
                "a rate without a unit" },
        { "links: [{ name: ar, between: [a, r] }, { name: x, between: [a, b], rate: 0bit/s }]",
                "4:74: error: rate: '0bit/s' is too small; accepted: 1bit/s or more, unlimited",
                "0 has a word" },
        { "links: [{ name: ar, between: [a, r] }, { name: x, between: [a, b], rate: 0.5bit/s }]",
                "4:74: error: rate: '0.5bit/s' is not a whole number of bits a second; accepted: 10Mbit/s, "
                "1.5Gbit, 100kB/s, unlimited",
                "half a bit" },
        { "links: [{ name: ar, between: [a, r] }, { name: x, between: [a, b], dely: 5ms }]",
                "4:68: error: unknown key 'dely' in a link; did you mean 'delay'?", "a mistyped key" },
        { "links: [{ name: ar, between: [a, r] }, { name: x, between: [a, b], delay: -5ms }]",
                "4:75: error: delay: '-5ms' is not a time; accepted: 30ms, 1.5s, 2m", "a negative delay" },
        { "links: [{ name: ar, between: [a, r] }, { name: x, between: [a, b], delay: }]",
                "4:75: error: delay: nothing is given; accepted: 30ms, 1.5s, 2m", "no delay" },
        { "links: [{ name: ar, between: [a, r] }, { name: x, between: [a, b], delay-to: { c: 5ms } }]",
                "4:80: error: delay-to: 'c' is no end of this link; accepted: a, b", "no end of this link" },
        { "links: [{ name: ar, between: [a, r] }, { name: x, between: [a, b], mtu: 20 }]",
                "4:73: error: mtu: '20' is too small; accepted: 128B to 65535B", "too small for IP" },
        { "links: [{ name: ar, between: [a, r] }, { name: x, between: [a, b], mtu: 127B }]",
                "4:73: error: mtu: '127B' is too small; accepted: 128B to 65535B", "too small for TCP" },
        { "links: [{ name: ar, between: [a, r] }, { name: x, between: [a, b], queue: 50 }]",
                "4:75: error: limit: '50' has no unit; accepted: 50pkt, unlimited", "a queue of what?" },
        { "links: [{ name: ar, between: [a, r] }, { name: x, between: [a, b], queue: { limit: 0pkt } }]",
                "4:84: error: limit: '0pkt' is too small; accepted: 1pkt to 1000000000pkt, unlimited",
                "0 has a word" },
        { "links: [{ name: ar, between: [a, r] }, { name: x, between: [a, b], impair: { loss: 2 } }]",
                "4:84: error: loss: '2' may be a share or a percentage; accepted: 0% to 100%, such as 2%, "
                "0.01% or 0.0001",
                "a share or a percentage?" },
        { "links: [{ name: ar, between: [a, r] }, { name: x, between: [a, b], impair: { loss: 120% } }]",
                "4:84: error: loss: '120%' is more than 100%; accepted: 0% to 100%, such as 2%, 0.01% or "
                "0.0001",
                "more than certain" },
        { "links: [{ name: ar, between: [a, r] }, { name: x, between: [a, b], impair: { loss: { p: 1% } } }]",
                "4:84: error: loss without 'model'; accepted: random, gemodel, state, "
                "periodic, list, or just a probability",
                "no model" },
        { "links: [{ name: ar, between: [a, r] }, { name: x, between: [a, b], impair: { loss: { model: "
          "gemodell } } }]",
                "4:93: error: model: unknown word 'gemodell'; did you mean 'gemodel'?", "a mistyped model" },
        { "links: [{ name: ar, between: [a, r] }, { name: x, between: [a, b], impair: { loss: { model: "
          "gemodel, r: 1% } } }]",
                "4:84: error: a loss of model gemodel without 'p'; the key is required", "half a model" },
        { "links: [{ name: ar, between: [a, r] }, { name: x, between: [a, b], impair: { loss: { model: "
          "state, p13: 60%, p14: 50% } } }]",
                "4:84: error: loss: p13 and p14 are more than 100% together; accepted: less",
                "ways out that are more than certain" },
        { "links: [{ name: ar, between: [a, r] }, { name: x, between: [a, b], impair: { loss: { model: "
          "state, p13: 10%, p32: 20% } } }]",
                "4:84: error: loss: p31 and p32 are more than 100% together; accepted: less, or both given",
                "a way out by default beside another" },
        { "links: [{ name: ar, between: [a, r] }, { name: x, between: [a, b], impair: { loss: gemodel } }]",
                "4:84: error: loss: 0 values; accepted: up to 4, p r 1-h 1-k", "a model of nothing" },
        { "links: [{ name: ar, between: [a, r] }, { name: x, between: [a, b], impair: { loss: 1% 2% 3% } }]",
                "4:84: error: loss: 3 values; accepted: up to 2, probability correlation",
                "one value too many" },
        { "links: [{ name: ar, between: [a, r] }, { name: x, between: [a, b], impair: { loss: list 3 2 } }]",
                "4:84: error: loss: '2' is not behind the one before; accepted: numbers that grow",
                "a list in words" },
        { "links: [{ name: ar, between: [a, r] }, { name: x, between: [a, b], impair: { loss: list } }]",
                "4:84: error: loss: a list of nothing; accepted: numbers of packets, as in list 3 7 20..25",
                "a list of no one" },
        { "links: [{ name: ar, between: [a, r] }, { name: x, between: [a, b], impair: { loss: { model: list, "
          "packets: 3 2 } } }]",
                "4:108: error: packets: '2' is not behind the one before; accepted: numbers that grow",
                "a list out of order" },
        { "links: [{ name: ar, between: [a, r] }, { name: x, between: [a, b], impair: { loss: { model: list, "
          "packets: [0] } } }]",
                "4:109: error: packets: '0' is no packet's number; accepted: from 1, such as 3 or 20..25",
                "packets are counted from 1" },
        { "links: [{ name: ar, between: [a, r] }, { name: x, between: [a, b], impair: { loss: { model: "
          "periodic, every: 0 } } }]",
                "4:110: error: every: '0' is too small; accepted: 1 or more", "a period of nothing" },
        { "links: [{ name: ar, between: [a, r] }, { name: x, between: [a, b], impair: { reorder: 5% } }]",
                "4:87: error: x: reorder that moves no packet; accepted: delay: TIME, by: PACKETS, or early: "
                "on and a delay to skip",
                "no delay for the chosen" },
        { "links: [{ name: ar, between: [a, r] }, { name: x, between: [a, b], impair: { reorder: { "
          "probability: 5%, early: on } } }]",
                "4:102: error: x: reorder that moves no packet; accepted: delay: TIME, by: PACKETS, or "
                "early: on and a delay to skip",
                "no delay to skip" },
        { "links: [{ name: ar, between: [a, r] }, { name: x, between: [a, b], delay: 1ms, impair: { reorder: "
          "{ probability: 5%, by: 2pkt, early: on } } }]",
                "4:114: error: x: reorder that makes a packet both late and early; accepted: delay: TIME, "
                "by: PACKETS, or early: on and a delay to skip",
                "late and early" },
        { "links: [{ name: ar, between: [a, r] }, { name: x, between: [a, b], impair: { corrupt: { "
          "probability: 1%, bits: 9 } } }]",
                "4:112: error: bits: '9' is too large; accepted: 1 to 8", "more bits than are flipped" },
        { "links: [{ name: ar, between: [a, r] }, { name: x, between: [a, b], delay: 9ms, impair: { jitter: "
          "5ms 0% gaussian } }]",
                "4:98: error: distribution: unknown word 'gaussian'; accepted: uniform, normal, pareto, "
                "paretonormal",
                "a distribution of nobody" },
        { "links: [{ name: ar, between: [a, r] }, { name: x, between: [a, b], delay: 9ms, impair: { jitter: "
          "{ time: 5ms, distribution: { file: nowhere } } } }]",
                "4:133: error: file 'nowhere': No such file or directory; a readable file is required",
                "no such file" },
        { "links: [{ name: ar, between: [a, r] }, { name: x, between: [a, b], netem: delya 5ms }]",
                "4:75: error: netem: unknown word 'delya'; did you mean 'delay'?",
                "a mistyped word of netem" },
        { "links: [{ name: ar, between: [a, r] }, { name: x, between: [a, b], netem: loss }]",
                "4:75: error: netem: no value behind 'loss'; accepted: one, as tc takes it",
                "netem without its value" },
        { "links: [{ name: ar, between: [a, r] }, { name: x, between: [a, b], netem: delay 5ms distribution "
          "normal }]",
                "4:75: error: netem: a distribution of nothing; accepted: delay TIME JITTER distribution "
                "NAME",
                "netem: a distribution of nothing" },
        { "links: [{ name: ar, between: [a, r] }, { name: x, between: [a, b], netem: gap 5 }]",
                "4:75: error: x: reorder that moves no packet; accepted: delay: TIME, by: PACKETS, or early: "
                "on and a delay to skip",
                "netem: a gap in nothing" },
        { "links: [{ name: ar, between: [a, r] }, { name: x, between: [a, b], netem: loss 101 }]",
                "4:75: error: loss: '101%' is more than 100%; accepted: 0% to 100%, such as 2%, 0.01% or "
                "0.0001",
                "netem: more than all" },
        { "links: [{ name: ar, between: [a, r] }, { name: x, between: [a, b], netem: delay 5 }]",
                "4:75: error: delay: '5' has no unit; accepted: 30ms, 1.5s, 2m", "netem: five of what?" },
        { "links: [{ name: ar, between: [a, r] }, { name: x, between: [a, b], netem: distribution }]",
                "4:75: error: netem: no value behind 'distribution'; accepted: one, as tc takes it",
                "netem: a distribution without its name" },
        { "links: [{ name: ar, between: [a, r] }, { name: x, between: [a, b], netem: rate 50% }]",
                "4:75: error: netem: a rate of '50%', and no device whose speed it could be of; accepted: a "
                "rate, such as 10mbit",
                "netem: half of what?" },
        { "links: [{ name: ar, between: [a, r] }, { name: x, between: [a, b], netem: ecn }]",
                "4:75: error: netem: ecn without a loss; accepted: loss PERCENT ecn",
                "netem: marks for nothing" },
        { "links: [{ name: ar, between: [a, r] }, { name: x, between: [a, b], netem: loss 1% loss 2% }]",
                "4:75: error: netem: a second loss; accepted: one", "netem: two losses" },
        { "links: [{ name: ar, between: [a, r] }, { name: x, between: [a, b], netem: slot 3ms 2ms }]",
                "4:75: error: slot: max is below min; accepted: no less",
                "netem: slots the wrong way round" },
        { "links: [{ name: ar, between: [a, r] }, { name: x, between: [a, b], netem: slot packets 3 }]",
                "4:75: error: netem: no value behind 'slot'; accepted: one, as tc takes it",
                "netem: slots without times" },
        { "links: [{ name: ar, between: [a, r] }, { name: x, between: [a, b], netem: slot distribution "
          "normal 3ms }]",
                "4:75: error: netem: no value behind 'jitter'; accepted: one, as tc takes it",
                "netem: slots without jitter" },
        { "links: [{ name: ar, between: [a, r] }, { name: x, between: [a, b], netem: seed -1 }]",
                "4:75: error: netem: no value behind 'seed'; accepted: one, as tc takes it",
                "netem: a seed below zero" },
        { "links: [{ name: ar, between: [a, r] }, { name: x, between: [a, b], netem: seed "
          "18446744073709551616 }]",
                "4:75: error: seed: '18446744073709551616' is no seed; accepted: a number up to "
                "18446744073709551615, or run, the scenario's",
                "netem: a seed of 65 bits" },
        { "links: [{ name: ar, between: [a, r] }, { name: x, between: [a, b], impair: { slot: { min: 3ms, "
          "max: 2ms } } }]",
                "4:84: error: slot: max is below min; accepted: no less", "slots the wrong way round" },
        { "links: [{ name: ar, between: [a, r] }, { name: x, between: [a, b], impair: { slot: { "
          "distribution: normal, delay: 5ms, jitter: 0s } } }]",
                "4:128: error: jitter: '0s' is too small; accepted: 1ns or more",
                "slots of a distribution of nothing" },
        { "links: [{ name: ar, between: [a, r] }, { name: x, between: [a, b], impair: { slot: { max: 2ms } } "
          "}]",
                "4:84: error: a slot without 'min'; the key is required", "slots from where?" },
        { "links: [{ name: ar, between: [a, r] }, { name: x, between: [a, b], queue: { type: drophead, "
          "counts: link } }]",
                "4:93: error: unknown key 'counts' in a queue of type drophead; accepted: type, limit, "
                "limit-bytes",
                "who counts the link is netem" },
        { "links: [{ name: ar, between: [a, r] }, { name: x, between: [a, b], rate: { rate: 1Mbit, "
          "cell-overhead: 5B } }]",
                "4:104: error: cell-overhead: there are no cells; accepted: cell: 48B beside it",
                "overhead of no cell" },
        { "links: [{ name: ar, between: [a, r] }, { name: x, between: [a, b], rate: { rate: 1Mbit, cell: "
          "48B, cell-overhead: -48B } }]",
                "4:115: error: cell-overhead: of a cell nothing is left; accepted: less than the cell",
                "cells of nothing" },
        { "links: [{ name: ar, between: [a, r] }, { name: x, between: [a, b], rate: { rate: unlimited, "
          "overhead: 14B } }]",
                "4:74: error: rate: frames of an unlimited rate take no time; accepted: a rate",
                "frames in no time" },
        { "links: [{ name: ar, between: [a, r] }, { name: x, between: [a, b], rate: { rate: 1Mbit, burst: "
          "1500B, overhead: 14B } }]",
                "4:96: error: x: a burst of less than a packet; accepted: at least the mtu in its frames, "
                "1514B",
                "a bucket that never fills for a frame" },
        { "links: [{ name: ar, between: [a, r] }, { name: x, between: [a, b], netem: '' }]",
                "4:75: error: netem: an empty line; accepted: words as tc takes them, such as delay 20ms "
                "loss 1%",
                "netem: an empty line" },
        { "links: [{ name: ar, between: [a, r] }, { name: x, between: [a, b], luck: by-flow }]",
                "4:74: error: luck: unknown word 'by-flow'; accepted: by-ordinal, by-segment",
                "luck of nobody" },
        { "links: [{ name: ar, between: [a, r] }, { name: x, between: [a, b], queue: { type: dropfront } }]",
                "4:83: error: type: unknown word 'dropfront'; accepted: droptail, drophead, red, codel, "
                "fq-codel, pie",
                "a discipline of nobody" },
        { "links: [{ name: ar, between: [a, r] }, { name: x, between: [a, b], queue: { type: codel, quantum: "
          "1500 } }]",
                "4:90: error: unknown key 'quantum' in a queue of type codel; accepted: type, limit, "
                "limit-bytes, ecn, target, interval",
                "another discipline's key" },
        { "links: [{ name: ar, between: [a, r] }, { name: x, between: [a, b], queue: { type: red, min: 20pkt "
          "} }]",
                "4:75: error: queue: min is not below max; accepted: less",
                "thresholds the wrong way round" },
        { "links: [{ name: ar, between: [a, r] }, { name: x, between: [a, b], queue: { type: red, weight: 0% "
          "} }]",
                "4:75: error: queue: a weight of 0 sees no queue; accepted: more",
                "an average that never moves" },
        { "links: [{ name: ar, between: [a, r] }, { name: x, between: [a, b], queue: 2bdp }]",
                "4:40: error: limit: the link has no bandwidth-delay product; accepted: a rate and a delay",
                "no product" },
        { "links: [{ name: ar, between: [a, r] }, { name: x, between: [a, b], queue: 0bdp }]",
                "4:75: error: queue: '0bdp' is no bandwidth-delay product; accepted: 0.001bdp to 1000bdp",
                "no queue" },
        { "links: [{ name: ar, between: [a, r] }, { name: x, between: [a, b], queue: { type: pie, tupdate: "
          "0s } }]",
                "4:97: error: tupdate: '0s' is too small; accepted: 1us or more", "updates without end" },
        { "links: [{ name: ar, between: [a, r] }, { name: x, between: [a, b], rate: { rate: 1Mbit } }]",
                "4:74: error: a token bucket without 'burst'; the key is required", "a bucket of no size" },
        { "links: [{ name: ar, between: [a, r] }, { name: x, between: [a, b], rate: { rate: 1Mbit, burst: "
          "1kB } }]",
                "4:96: error: x: a burst of less than a packet; accepted: at least the mtu, 1500B",
                "a bucket that never fills for a packet" },
        { "links: [{ name: ar, between: [a, r] }, { name: x, between: [a, b], rate: { rate: unlimited, "
          "burst: 2kB } }]",
                "4:74: error: rate: a bucket of unlimited rate never empties; accepted: a rate",
                "a bucket without a rate" },
        { "links: [{ name: ar, between: [a, r] }, { name: x, between: [a, b], rate: { trace: nowhere } }]",
                "4:83: error: file 'nowhere': No such file or directory; a readable file is required",
                "no such trace" },
        { "links: [{ name: ar, between: [a, r] }, { name: x, between: [a, b], rate: { burts: 2kB, rate: "
          "1Mbit } }]",
                "4:76: error: unknown key 'burts' in a token bucket; did you mean 'burst'?",
                "a mistyped key of a bucket" },
        { "links: [{ name: ar, between: [a, r] }, { name: x, between: [a, b], impair: { duplicate: "
          "0.0000000000000000001% } }]",
                "4:89: error: duplicate: '0.0000000000000000001%' has too many decimals; accepted: 0% to "
                "100%, such as 2%, 0.01% or 0.0001",
                "more decimals than luck has" },
        { "links: [{ name: ar, between: [a, r] }, { name: x, between: [a, b], impair-to: { b: { los: 1% } } "
          "}]",
                "4:86: error: unknown key 'los' in impair; did you mean 'loss'?", "a mistyped key, one way" },
};

static const struct refused refused_programs[] = {
        { "apps: [{ host: a }]",
                "5:8: error: a program of no kind; accepted: dns-server, http-server, fetch, sink, sender, "
                "echo, request-response",
                "no program" },
        { "apps: [{ host: a, fetsh: { url: http://10.0.0.2/ } }]",
                "5:19: error: unknown key 'fetsh' in a program; did you mean 'fetch'?",
                "a mistyped program" },
        { "apps: [{ host: a, sink: {}, echo: {} }]",
                "5:29: error: 'echo' beside 'sink'; accepted: one program an item", "two programs" },
        { "apps: [{ sink: {} }]", "5:16: error: a program without 'host'; the key is required", "no host" },
        { "apps: [{ host: c, sink: {} }]", "5:16: error: host: no host is named 'c'; accepted: a, b, g, h, r",
                "an unknown host" },
        { "apps: [{ host: r, sink: {} }]",
                "5:16: error: host: 'r' is a router; accepted: a host, since routers run no programs",
                "a router" },
        { "apps: [{ host: a, sink: {} }, { host: a, sink: {} }]",
                "5:31: error: sink: TCP port 9 of 'a' is another program's already; accepted: a free one",
                "a port taken" },
        { "apps: [{ host: a, name: x, sink: {} }, { host: b, name: x, sink: {} }]",
                "5:57: error: two programs are named 'x'; accepted: a name of its own", "a name taken" },
        { "apps: [{ host: a, name: packets, sink: {} }]",
                "5:25: error: name: 'packets' is a word of the summary; accepted: another name",
                "a word of the summary" },
        { "apps: [{ host: a, sink: { port: 0 } }]",
                "5:33: error: port: '0' is too small; accepted: 1 to 65535", "port 0" },
        { "apps: [{ host: a, sink: { port: 65536 } }]",
                "5:33: error: port: '65536' is too large; accepted: 1 to 65535", "past the last port" },
        { "apps: [{ host: a, port: 9, sink: { port: 9 } }]",
                "5:36: error: key 'port' is given twice; each key once is accepted", "a key in both places" },
        { "apps: [{ host: a, sink: { stall: 3s } }]",
                "5:34: error: stall: '3s' is no stall; accepted: { after: 200kB, for: 3s }, off",
                "a stall after nothing" },
        { "apps: [{ host: a, sender: { bytes: 1kB } }]",
                "5:27: error: sender without 'to'; the key is required", "nowhere to send" },
        { "apps: [{ host: a, sender: { to: b } }]",
                "5:27: error: sender without 'bytes'; the key is required", "nothing to send" },
        { "apps: [{ host: a, sender: { to: b, bytes: 1kB } }]",
                "5:33: error: to: 'b' has 0 programs of kind sink; accepted: b:PORT, or exactly one",
                "no sink to take the port of" },
        { "apps: [{ host: a, sender: { to: bb:9, bytes: 1kB } }]",
                "5:33: error: to: no host is named 'bb'; did you mean 'b'?", "an unknown destination" },
        { "apps: [{ host: a, sender: { to: b:9, port: 9, bytes: 1kB } }]",
                "5:44: error: port: 'to' names port 9 already; accepted: one of the two", "the port twice" },
        { "apps: [{ host: a, sender: { to: b:99999, bytes: 1kB } }]",
                "5:33: error: port: '99999' is too large; accepted: 1 to 65535", "a port that is none" },
        { "apps: [{ host: a, sender: { to: r:9, bytes: 1kB } }]",
                "5:33: error: to: 'r' is a router; accepted: a host", "to a router" },
        { "apps: [{ host: a, sender: { to: h:9, bytes: 1kB } }]",
                "5:33: error: to: no links lead from 'a' to 'h'; accepted: a host within reach",
                "out of reach" },
        { "apps: [{ host: a, sender: { to: b:9, bytes: 1.5B } }]",
                "5:45: error: bytes: '1.5B' is not a whole number of bytes; accepted: 200kB, 10MB, 64KiB, "
                "1448",
                "half a byte" },
        { "apps: [{ host: a, sender: { to: b:9, bytes: 1KB } }]",
                "5:45: error: bytes: '1KB' has an unknown unit; accepted: 200kB, 10MB, 64KiB, 1448",
                "K is neither 1000 nor 1024" },
        { "apps: [{ host: a, sender: { to: b:9, bytes: 1kB, every: 1s } }]",
                "5:57: error: every: how much to write is not said; accepted: write: SIZE beside it",
                "writes of what size?" },
        { "apps: [{ host: g, sender: { to: b:9, bytes: 1kB, flows: 400, stagger: 8h } }]",
                "5:71: error: stagger: the last of 1200 would start more than 8760h after the first; "
                "accepted: "
                "a shorter time",
                "starts later than a year" },
        { "apps: [{ host: a, sender: { to: b:9, bytes: 1kB, local-port: 5, flows: 2 } }]",
                "5:62: error: local-port: 2 connections at once cannot share it; accepted: one, or any",
                "one port for two" },
        { "apps: [{ host: a, sender: { to: b:9, bytes: 1kB, end: linger-on } }]",
                "5:55: error: end: unknown word 'linger-on'; did you mean 'linger'?", "a mistyped end" },
        { "apps: [{ host: a, fetch: {} }]", "5:26: error: fetch without 'url'; the key is required",
                "no URL" },
        { "apps: [{ host: a, fetch: { url: http://www.example/ } }]",
                "5:33: error: url: host 'a' has no resolver to ask for 'www.example'; accepted: a resolver, "
                "an address, or a host's name",
                "a name and no resolver" },
        { "apps: [{ host: a, fetch: { url: http://10.0.0.99/ } }]",
                "5:33: error: url: 10.0.0.99 is no host's address; accepted: a host's address",
                "an address of nobody" },
        { "apps: [{ host: a, fetch: { url: ftp://10.0.0.2/ } }]",
                "5:33: error: url: only http URLs can be fetched", "another scheme" },
        { "apps: [{ host: a, fetch: { url: http://10.0.0.2/, method: POST } }]",
                "5:59: error: method: unknown word 'POST'; accepted: GET, HEAD",
                "a method that is not there" },
        { "apps: [{ host: b, http-server: { root: nowhere } }]",
                "5:40: error: root: 'nowhere' is not a directory; accepted: one, by its path from the "
                "scenario's own",
                "no such directory" },
        { "apps: [{ host: b, http-server: { files: { big: { size: 1kB } } } }]",
                "5:43: error: files: 'big' is not a path; accepted: '/' and what follows it",
                "a path without '/'" },
        { "apps: [{ host: b, http-server: { files: { /big: {} } } }]",
                "5:49: error: files: neither a file nor a size; accepted: { size: 300kB, fill: counter } or "
                "{ file: PATH }",
                "a document of nothing" },
        { "apps: [{ host: b, http-server: { files: { /big: { file: nowhere } } } }]",
                "5:57: error: file 'nowhere': No such file or directory; a readable file is required",
                "no such file" },
        { "apps: [{ host: b, http-server: { files: { /big: { size: 1kB, fill: ones } } } }]",
                "5:68: error: fill: unknown word 'ones'; accepted: counter, zero, random",
                "an unknown rule" },
        { "apps: [{ host: b, dns-server: {} }]",
                "5:31: error: dns-server without 'zone'; the key is required", "no zone" },
        { "apps: [{ host: b, dns-server: { zone: { www.example: b } } }]",
                "5:54: error: zone: 'b' is not an address; accepted: four numbers such as 192.0.2.1, or "
                "IPv6's such as 2001:db8::1",
                "a record without an address" },
        { "apps: [{ host: b, dns-server: { zone: { www.example: 2001:db8::1 } } }]",
                "5:54: error: zone: '2001:db8::1' is an IPv6 address, which no answer here carries yet; "
                "accepted: "
                "an IPv4 address",
                "a record of IPv6" },
};

static const struct refused refused_rules[] = {
        { "faults: [{ on: ar, do: drop }]",
                "5:10: error: a fault rule without 'match' or 'at'; one of them is required",
                "neither a packet nor a time" },
        { "faults: [{ on: ax, match: {}, do: drop }]",
                "5:16: error: on: no link is named 'ax'; did you mean 'ar'?", "an unknown link" },
        { "faults: [{ match: {}, do: drop }]", "5:10: error: a fault rule without 'on'; the key is required",
                "no link" },
        { "faults: [{ on: ar, match: {} }]", "5:10: error: a fault rule without 'do'; the key is required",
                "no action" },
        { "faults: [{ on: ar, match: {}, do: dorp }]",
                "5:35: error: do: unknown action 'dorp'; did you mean 'drop'?", "a mistyped action" },
        { "faults: [{ on: ar, match: {}, do: delay }]",
                "5:35: error: do: 'delay' needs a value; accepted: do: { delay: … }", "how long?" },
        { "faults: [{ on: ar, match: {}, do: { drop: , delay: 1s } }]",
                "5:35: error: do: 2 actions; accepted: one a rule", "two actions" },
        { "faults: [{ on: ar, at: 1s, do: crash }]",
                "5:10: error: crash happens to a host; accepted: host: NAME without 'on'", "which host?" },
        { "faults: [{ host: a, match: {}, do: drop }]",
                "5:10: error: drop happens on a link; accepted: on: LINK without 'host'", "which link?" },
        { "faults: [{ host: a, match: {}, do: crash }]",
                "5:10: error: a host crashes and restarts at a time; accepted: at: TIME",
                "a crash by a packet" },
        { "faults: [{ host: r, at: 1s, do: crash }]", "5:18: error: host: 'r' is a router; accepted: a host",
                "a router" },
        { "faults: [{ host: c, at: 1s, do: crash }]",
                "5:18: error: host: no host is named 'c'; accepted: a, b, g, h, r", "an unknown host" },
        { "faults: [{ host: g, at: 1s, do: crash }]",
                "5:18: error: host: 'g' is a group; accepted: one of g-1 to g-3", "a whole group" },
        { "faults: [{ on: ar, match: {}, do: { truncate: 0B } }]",
                "5:47: error: truncate: '0B' is too small; accepted: 1B to 65534B", "cut to nothing" },
        { "faults: [{ on: ar, at: 1s, do: { set: { rtae: 1Mbit } } }]",
                "5:41: error: unknown key 'rtae' in set; did you mean 'rate'?", "a mistyped parameter" },
        { "faults: [{ on: ar, at: 1s, do: { set: { rate-to: { b: 1Mbit } } } }]",
                "5:52: error: rate-to: 'b' is no end of this link; accepted: a, r", "no end of the link" },
        { "faults: [{ on: ar, at: 1s, do: { set: { impair: { reorder: 5% } } } }]",
                "5:60: error: ar: reorder that moves no packet; accepted: delay: TIME, by: PACKETS, or "
                "early: on "
                "and a delay to skip",
                "values that do not fit" },
        { "faults: [{ on: ar, every: 1s, match: {}, do: drop }]",
                "5:20: error: every: the rule is not at a time; accepted beside 'at', or in 'match'",
                "every second, but of what?" },
        { "faults: [{ on: ar, match: {}, do: { duplicate: 16 } }]",
                "5:48: error: duplicate: '16' is too large; accepted: 1 to 15",
                "more copies than have numbers" },
        { "faults: [{ on: ar, match: {}, do: { corrupt: {} } }]",
                "5:46: error: corrupt: neither of bit and bits; accepted: { bit: 77 } or { bits: 2, in: tcp "
                "}",
                "which bit?" },
        { "faults: [{ on: ar, match: {}, do: { corrupt: { bit: 1, bits: 1 } } }]",
                "5:46: error: corrupt: both of bit and bits; accepted: { bit: 77 } or { bits: 2, in: tcp }",
                "which of both?" },
        { "faults: [{ on: ar, match: {}, do: { corrupt: { bit: 1, in: tpc } } }]",
                "5:60: error: in: unknown word 'tpc'; did you mean 'tcp'?", "a mistyped area" },
        { "faults: [{ on: ar, at: 1s, do: drop }]",
                "5:10: error: a rule at a time without a packet; accepted with 'at': link-down, link-up, "
                "set, and of "
                "a host crash, restart",
                "a packet at a time" },
        { "faults: [{ on: ar, at: 1s, match: {}, do: link-up }]",
                "5:28: error: match: the rule is at a time; accepted: one of 'at' and 'match'",
                "a time and a packet" },
        { "faults: [{ on: ar, match: { from: c }, do: drop }]",
                "5:27: error: from: no host is named 'c'; accepted: a, b, g, h, r", "an unknown host" },
        { "faults: [{ on: ar, match: { from: g }, do: drop }]",
                "5:27: error: from: 'g' is a group; accepted: one of g-1 to g-3", "a group" },
        { "faults: [{ on: ar, match: { kind: dta }, do: drop }]",
                "5:35: error: kind: unknown word 'dta'; did you mean 'data'?", "a mistyped kind" },
        { "faults: [{ on: ar, match: { nth: 0 }, do: drop }]",
                "5:34: error: nth: '0' is too small; accepted: 1 or more, all", "counting begins at 1" },
        { "faults: [{ on: ar, match: { bytes: 9..3 }, do: drop }]",
                "5:36: error: bytes: '9..3' is no range; accepted: FIRST..LAST, such as 14600..16059",
                "a range backwards" },
        { "faults: [{ on: ar, match: { bytes: 1-2 }, do: drop }]",
                "5:36: error: bytes: '1-2' is no range; accepted: FIRST..LAST, such as 14600..16059",
                "a range with a dash" },
        { "faults: [{ on: ar, match: { seq: 0..4294967296 }, do: drop }]",
                "5:34: error: seq: '0..4294967296' is no range; accepted: FIRST..LAST, such as 1..1448",
                "past the sequence numbers" },
        { "faults: [{ on: ar, match: { time: 1..2s }, do: drop }]",
                "5:35: error: time: '1..2s' is no range; accepted: FIRST..LAST, such as 1s..1500ms",
                "a time without a unit" },
        { "faults: [{ on: ar, match: { flags: sin }, do: drop }]",
                "5:36: error: flags: unknown word 'sin'; did you mean 'fin'?", "a mistyped flag" },
        { "faults: [{ on: ar, match: { flags: syn -syn }, do: drop }]",
                "5:36: error: flags: 'syn' is asked to be on and off; accepted: one of them", "on and off" },
        { "faults: [{ on: ar, match: { flags: \"\" }, do: drop }]",
                "5:36: error: flags: none is named; accepted: such as syn -ack", "flags of every segment" },
        { "faults: [{ on: ar, match: { flags: [] }, do: drop }]",
                "5:36: error: flags: none is named; accepted: such as syn -ack", "a list of no flags" },
        { "apps: [{ host: b, sink: {} }, { host: a, name: cu, sender: { to: b, bytes: 1kB, flows: 3 } }]\n"
          "faults: [{ on: ar, match: { transfer: cu }, do: drop }]",
                "6:39: error: transfer: 'cu' is none of cu's 3 transfers; accepted: one of cu-1 to cu-3",
                "a program with several transfers" },
        { "apps: [{ host: b, sink: {} }, { host: a, name: cu, sender: { to: b, bytes: 1kB, flows: 3 } }]\n"
          "faults: [{ on: ar, match: {}, do: { hold-until: { transfer: cu-4 } } }]",
                "6:61: error: transfer: 'cu-4' is none of cu's 3 transfers; accepted: one of cu-1 to cu-3",
                "a fourth of three" },
        { "apps: [{ host: b, sink: {} }, { host: a, name: cu, sender: { to: b, bytes: 1kB } }]\n"
          "faults: [{ on: ar, match: { transfer: cu-1 }, do: drop }]",
                "6:39: error: transfer: no program is named 'cu-1'; accepted: cu", "the first of one" },
        { "faults: [{ on: ar, match: { transfer: x }, do: drop }]",
                "5:39: error: transfer: no program is named 'x'; there is none", "no such program" },
        { "faults: [{ on: ar, match: { filter: tcp and }, do: drop }]",
                "5:37: error: filter: can't parse filter expression: syntax error; accepted: what "
                "pcap-filter(7) says "
                "of IP packets, with numbers for names",
                "a filter that is none" },
        { "faults: [{ on: ar, match: { filter: port http }, do: drop }]",
                "5:37: error: filter: 'http' is a name, and names are not looked up; accepted: what "
                "pcap-filter(7) says "
                "of IP packets, with numbers for names",
                "a name in a filter" },
        { "faults: [{ name: x, on: ar, match: {}, do: drop }, { name: x, on: ar, match: {}, do: drop }]",
                "5:60: error: two rules are named 'x'; accepted: a name of its own", "a name taken" },
};

static const struct refused refused_expectations_and_sweeps[] = {
        { "expect: [nonsense]",
                "5:10: error: expect: 'nonsense' is no expectation; accepted: NAME.FIGURE: VALUE, or as one "
                "text NAME.FIGURE < VALUE (= < > <= >=)",
                "no comparison" },
        { "expect: [{ seed: 1, events: 2 }]", "5:10: error: expect: 2 pairs in one item; accepted: one",
                "two pairs in one item" },
        { "expect: [\"price < \"]",
                "5:10: error: expect: 'price < ' is no expectation; accepted: NAME.FIGURE: VALUE, or as one "
                "text NAME.FIGURE < VALUE (= < > <= >=)",
                "nothing to compare with" },
        { "expect: [{ packets.dropped.los: 3 }]",
                "5:10: error: expect: 'packets' has no figure 'dropped.los'; did you mean 'dropped.loss'?",
                "a mistyped figure" },
        { "expect: [{ pakets.sent: 3 }]",
                "5:10: error: expect: no program or figure is named 'pakets'; did you mean 'packets'?",
                "a mistyped figure" },
        { "sweep: { tcp.sack: on }", "5:20: error: tcp.sack: a single value; accepted: a list",
                "no list of values" },
        { "sweep: { tcp.sack: [] }", "5:20: error: tcp.sack: an empty list; accepted: one value or more",
                "an empty list" },
        { "sweep: { tcp.sakc: [on] }", "5:10: error: unknown key 'sakc' in tcp; did you mean 'sack'?",
                "a path to nowhere" },
        { "sweep: { tcp.sack: [on, maybe] }",
                "5:25: error: sack: 'maybe' is neither on nor off; accepted: on, off, yes, no, true, false",
                "a value that is none" },
        { "sweep: { repeat: 0 }", "5:18: error: repeat: '0' is too small; accepted: 1 to 1000000",
                "no repetition" },
};

static void check_refused(const char *before, const struct refused *refused)
{
        g_autofree char *text = g_strconcat(before, refused->text, NULL);
        g_autofree char *expected = g_strconcat(SCENARIO_TEXT_PATH ":", refused->message, NULL);
        g_autoptr(GError) error = NULL;
        g_autoptr(Scenario) scenario = scenario_text_load(text, NULL, &error);
        ck_assert_msg(!scenario, "accepted: %s", refused->why);
        ck_assert_msg(error->domain == SCENARIO_ERROR, "%s", refused->why);
        ck_assert_msg(g_str_equal(error->message, expected), "%s:\n  said     %s\n  expected %s",
                refused->why, error->message, expected);
}

START_TEST(a_file_that_is_no_scenario_is_refused)
{
        check_refused("", &refused_files[_i]);
}
END_TEST

START_TEST(a_value_that_is_none_is_refused)
{
        check_refused(HOSTS LINKS, &refused_values[_i]);
}
END_TEST

START_TEST(a_link_that_cannot_be_is_refused)
{
        check_refused(HOSTS, &refused_links[_i]);
}
END_TEST

START_TEST(a_program_that_cannot_run_is_refused)
{
        check_refused(HOSTS LINKS, &refused_programs[_i]);
}
END_TEST

START_TEST(a_rule_that_means_nothing_is_refused)
{
        check_refused(HOSTS LINKS, &refused_rules[_i]);
}
END_TEST

START_TEST(an_expectation_or_sweep_of_nothing_is_refused)
{
        check_refused(HOSTS LINKS, &refused_expectations_and_sweeps[_i]);
}
END_TEST

int main(void)
{
        TCase *cases = tcase_create("refused scenarios");
        tcase_add_checked_fixture(cases, scenario_text_enter, scenario_text_leave);
        tcase_add_loop_test(cases, a_file_that_is_no_scenario_is_refused, 0, G_N_ELEMENTS(refused_files));
        tcase_add_loop_test(cases, a_value_that_is_none_is_refused, 0, G_N_ELEMENTS(refused_values));
        tcase_add_loop_test(cases, a_link_that_cannot_be_is_refused, 0, G_N_ELEMENTS(refused_links));
        tcase_add_loop_test(cases, a_program_that_cannot_run_is_refused, 0, G_N_ELEMENTS(refused_programs));
        tcase_add_loop_test(cases, a_rule_that_means_nothing_is_refused, 0, G_N_ELEMENTS(refused_rules));
        tcase_add_loop_test(cases, an_expectation_or_sweep_of_nothing_is_refused, 0,
                G_N_ELEMENTS(refused_expectations_and_sweeps));
        Suite *suite = suite_create("refused scenarios");
        suite_add_tcase(suite, cases);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
