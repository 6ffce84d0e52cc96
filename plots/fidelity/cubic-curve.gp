# CUBIC's window after one loss, and RFC 9438's curve for it.
folder = ARG0 eq '' ? '.' : system('dirname "'.ARG0.'"')
load folder.'/common.gp'
W = 1500; H = 640
set terminal svg size W,H font 'DejaVu Sans,12' rounded background 'white'
set output target
left = left + 0; highest = highest + 0
K = (highest*0.3/0.4)**(1/3.)
curve(t) = t < left ? NaN : 0.4*(t - left - K)**3 + highest

set label 1 'Does CUBIC come back to its window as RFC 9438 says?' at screen 0.5,0.955 center \
    font 'DejaVu Sans Bold,16' textcolor rgb INK noenhanced
set lmargin at screen 0.065; set rmargin at screen 0.98; set tmargin at screen 0.88; set bmargin at screen 0.19
set xrange [0:12.5]; set yrange [0:1.75*highest]; set samples 1500
set xlabel 'simulated time (s)'; set ylabel 'segments' offset 1,0
set key at screen 0.5, screen 0.015 center bottom horizontal maxrows 1 samplen 2.6 Left reverse font 'DejaVu Sans,12'
set arrow 1 from left + K, graph 0 to left + K, graph 1 nohead lw 1.2 dt (6,6) lc rgb QUIET
set label 2 sprintf('K = ∛(0.3·%.0f/0.4) = %.2f s after the recovery', highest, K) at left + K, graph 0.06 left offset 1,0 \
    font 'DejaVu Sans,12' textcolor rgb INK
plot highest with lines lw 1.2 dt (3,5) lc rgb QUIET title 'W, the window at the loss', \
     curve(x) with lines lw 6 lc rgb '#998F3F8A' title '0.4·(t − K)³ + W', \
     series.'/cwnd.csv' using 't':'segments' with steps lw 2 lc rgb DATA title 'congestion window'
