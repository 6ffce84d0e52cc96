# Time and sequence.
first = @{first}; last = @{last}; few = @{marks} < 500
unit = @{highest} < 2000000 ? 1e3 : 1e6; highest = @{highest}/unit
segments = name.'-segments.csv'; acks = name.'-acks.csv'; duplicates = name.'-duplicates.csv'; blocks = name.'-sack.csv'

set lmargin at screen 0.065; set rmargin at screen 0.98
set tmargin at screen 1 - 100./H; set bmargin at screen 125./H
margin = last > first ? 0.02*(last - first) : 0.001
set xrange [first-margin:last+margin]; set yrange [-0.03*highest:1.08*highest]
set xlabel 'simulated time (s)'; set label 1 (unit == 1e3 ? 'sequence number (kB)' : 'sequence number (MB)') at screen 0.012,0.53 center rotate by 90 textcolor rgb INK
set key at screen 0.5, screen 12./H center bottom horizontal maxrows 2 samplen 2.4 Left reverse font 'DejaVu Sans,11' noenhanced

kind(s) = strcol('kind') eq s ? column('t') : NaN
seq(x) = column('seq')/unit
middle(x) = (column('seq') + 0.5*column('length'))/unit

plot \
@window      acks using 't':(column('edge')/unit) with steps lw 1.6 dt (14,8) lc rgb WINDOW notitle, \
@sack      blocks using 't':(seq(0)):(0):(column('length')/unit) with vectors nohead lw (few ? 3.4 : 1.2) lc rgb SACK notitle, \
@ack      acks using 't':(column('ack')/unit) with steps lw 1.6 lc rgb ACK notitle, \
@duplicate-ack      duplicates using 't':(column('ack')/unit) with points pt 9 ps (few ? 0.8 : 0.4) lc rgb DUPLICATE notitle, \
@data      segments using (kind('data')):(seq(0)):(0):(column('length')/unit) with vectors heads size screen 0.0016,90 lw 1.8 lc rgb DATA notitle, \
@control      segments using (kind('control')):(seq(0)) with points pt 13 ps 1.0 lc rgb CONTROL notitle, \
@retransmission      segments using (kind('retransmission')):(seq(0)):(0):(column('length')/unit) with vectors heads size screen 0.0026,90 lw 4 lc rgb AGAIN notitle, \
@retransmission      segments using (column('length') == 0 ? kind('retransmission') : NaN):(seq(0)) with points pt 13 ps 1.4 lc rgb AGAIN notitle, \
@probe      segments using (kind('probe')):(seq(0)) with points pt 15 ps 1.1 lc rgb AGAIN notitle, \
@lost      segments using (column('lost') > 0 ? column('t') : NaN):(middle(0)) with points pt 2 ps 1.4 lw 2.6 lc rgb LOSS notitle, \
@letter      segments using (strcol('letter') ne '-' ? column('t') : NaN):(middle(0)):5 with labels left offset 0.7,0 font 'DejaVu Sans Bold,11' textcolor rgb AGAIN noenhanced notitle, \
@control      keyentry with points pt 13 ps 1.0 lc rgb CONTROL title 'SYN, FIN, RST', \
@data      keyentry with lines lw 2.2 lc rgb DATA title 'data segment', \
@retransmission      keyentry with lines lw 4.5 lc rgb AGAIN title 'R sent again (R! after a timeout)', \
@probe      keyentry with points pt 15 ps 1.1 lc rgb AGAIN title 'P probe', \
@lost      keyentry with points pt 2 ps 1.4 lw 2.6 lc rgb LOSS title 'lost', \
@ack      keyentry with lines lw 1.6 lc rgb ACK title 'cumulative ACK', \
@duplicate-ack      keyentry with points pt 9 ps 0.9 lc rgb DUPLICATE title 'duplicate ACK', \
@sack      keyentry with lines lw 4 lc rgb SACK title 'SACK block', \
@window      keyentry with lines lw 1.6 dt (14,8) lc rgb WINDOW title 'edge of the offered window', \
     NaN notitle
