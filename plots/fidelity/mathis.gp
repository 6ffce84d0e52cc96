# Reno's throughput against loss, between the two lines of Mathis and others (1997).
folder = ARG0 eq '' ? '.' : system('dirname "'.ARG0.'"')
load folder.'/common.gp'
W = 1500; H = 760
set terminal svg size W,H font 'DejaVu Sans,12' rounded background 'white'
set output target
speed(c, percent) = c*1460*8/0.1/sqrt(percent/100.)/1e6

set label 1 'How fast is Reno on a line that loses packets by chance?' at screen 0.5,0.955 center \
    font 'DejaVu Sans Bold,16' textcolor rgb INK noenhanced
set lmargin at screen 0.075; set rmargin at screen 0.98; set tmargin at screen 0.90; set bmargin at screen 0.17
set logscale xy; set xrange [0.08:6.3]; set yrange [0.35:6.5]; set samples 300
set xtics (0.1, 0.2, 0.5, 1, 2, 5); set ytics (0.5, 1, 2, 5)
set xlabel 'lost, as what was sent again tells (%)'; set ylabel 'throughput (Mbit/s)' offset 1,0
set key at screen 0.5, screen 0.015 center bottom horizontal samplen 2.6 Left reverse font 'DejaVu Sans,12'
plot speed(1.31, x) with lines lw 1.6 dt (10,6) lc rgb THEIRS title 'C = 1.31: an ACK a segment', \
     speed(0.93, x) with lines lw 1.6 dt (3,5) lc rgb THEIRS title 'C = 0.93: delayed ACKs', \
     series.'/each.csv' using 'lost':'mbit' with points pt 7 ps 1.1 lc rgb DATA title 'ours, an ACK a segment', \
     series.'/delayed.csv' using 'lost':'mbit' with points pt 9 ps 1.3 lc rgb AGAIN title 'ours, delayed ACKs'
