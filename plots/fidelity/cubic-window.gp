# CUBIC's and Reno's mean windows against loss, beside RFC 9438's tables 1 and 2.
folder = ARG0 eq '' ? '.' : system('dirname "'.ARG0.'"')
load folder.'/common.gp'
W = 1500; H = 760
set terminal svg size W,H font 'DejaVu Sans,12' rounded background 'white'
set output target
max(a, b) = a > b ? a : b
reno(p) = sqrt(1.5/p)
cubic(p, rtt) = max(reno(p), (0.4*3.7/1.2)**0.25*rtt**0.75/p**0.75)

set label 1 'How large is CUBIC’s window, by losses and round trip?' at screen 0.5,0.955 center \
    font 'DejaVu Sans Bold,16' textcolor rgb INK noenhanced
set lmargin at screen 0.075; set rmargin at screen 0.98; set tmargin at screen 0.90; set bmargin at screen 0.17
set logscale xy; set xrange [5e-5:2e-2] reverse; set yrange [6:450]; set samples 300
set xtics ('1 in 100' 1e-2, '1 in 1000' 1e-3, '1 in 10,000' 1e-4); set ytics (10, 20, 50, 100, 200)
set xlabel 'segments lost'; set ylabel 'mean window (segments)' offset 1,0
set key at screen 0.5, screen 0.015 center bottom horizontal samplen 2.6 Left reverse font 'DejaVu Sans,12'
plot cubic(x, 0.1) with lines lw 1.6 dt (10,6) lc rgb THEIRS title 'RFC 9438, CUBIC at 100 ms', \
     reno(x) with lines lw 1.6 dt (3,5) lc rgb THEIRS title 'and at 10 ms, and Reno', \
     series.'/cubic-100.csv' using 'lost':'segments' with points pt 7 ps 1.1 lc rgb DATA title 'ours, CUBIC at 100 ms', \
     series.'/cubic-10.csv' using 'lost':'segments' with points pt 6 ps 1.3 lw 2 lc rgb DATA title 'CUBIC at 10 ms', \
     series.'/reno-100.csv' using 'lost':'segments' with points pt 9 ps 1.2 lc rgb AGAIN title 'Reno at 100 ms', \
     series.'/reno-10.csv' using 'lost':'segments' with points pt 8 ps 1.4 lw 2 lc rgb AGAIN title 'Reno at 10 ms'
