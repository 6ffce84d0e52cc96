# The ladder. x: 0 is the left host, 1 the right one; y: seconds of drawn time, downward.
# Texts are taken by the number of their column: by its name, gnuplot 5.4 ends them at a comma.
depth = @{depth}
legs = name.'-legs.csv'; points = name.'-points.csv'; boxes = name.'-boxes.csv'
labels = name.'-labels.csv'; lines = name.'-lines.csv'; ticks = name.'-ticks.csv'; folds = name.'-folds.csv'

set lmargin at screen 0.02; set rmargin at screen 0.98
set tmargin at screen 1 - 140./H; set bmargin at screen 85./H
set xrange [-0.90:1.75]; set yrange [depth:0]
unset xtics; unset ytics; unset grid; set border 0
set key at screen 0.5, screen 14./H center bottom horizontal maxrows 2 samplen 2.4 Left reverse font 'DejaVu Sans,11' noenhanced
set label 1 'simulated time (s)' at screen 0.012,0.5 center rotate by 90 font 'DejaVu Sans,12' textcolor rgb INK

is(c, s) = strcol(c) eq s
M(s) = is('mark', s) ? column('y') : NaN
side(s, a) = is('side', s) ? a : NaN
ink(k) = k eq 'lost' ? 0xB00020 : k eq 'retransmission' || k eq 'probe' ? 0xC44E00 : k eq 'duplicate-ack' ? 0x8F3F8A : \
         k eq 'held' ? 0x8A5A00 : k eq 'ack' ? 0x595959 : 0x222222

# An arrow's style and its head: 1 none, 2 full, 3 hollow.
do for [h=1:3] {
        head = h == 1 ? 'nohead' : h == 2 ? 'head filled size screen 0.008,14' : 'head empty size screen 0.011,20'
        eval 'set style arrow '.(10 + h).' '.head.' lw 1.4 dt (4,6) lc rgb CONTROL'
        eval 'set style arrow '.(20 + h).' '.head.' lw 1.5 lc rgb CONTROL'
        eval 'set style arrow '.(30 + h).' '.head.' lw 1.7 lc rgb DATA'
        eval 'set style arrow '.(40 + h).' '.head.' lw 3.4 lc rgb AGAIN'
        eval 'set style arrow '.(50 + h).' '.head.' lw 3.4 dt (6,3) lc rgb AGAIN'
        eval 'set style arrow '.(60 + h).' '.head.' lw 1.1 lc rgb ACK'
        eval 'set style arrow '.(70 + h).' '.head.' lw 1.5 dt (10,7) lc rgb DUPLICATE'
        eval 'set style arrow '.(80 + h).' '.head.' lw 1.7 dt (4,6) lc rgb LOSS'
        eval 'set style arrow '.(90 + h).' '.head.' lw 3.4 dt (4,6) lc rgb LOSS'
}
style(s) = s eq 'datagram' ? 10 : s eq 'control' ? 20 : s eq 'data' ? 30 : s eq 'retransmission' ? 40 : s eq 'probe' ? 50 : \
           s eq 'ack' ? 60 : s eq 'duplicate-ack' ? 70 : s eq 'lost' ? 80 : 90
arrow(s, h) = style(s) + (h eq 'none' ? 1 : h eq 'full' ? 2 : 3)

plot \
@held      boxes using (0.5*(column('x')+column('x_end'))):(M('held')+0.5*(column('y_end')-column('y'))):'x':'x_end':'y':'y_end' with boxxy fc rgb HELD fs pattern 4 border lc rgb HELD_EDGE notitle, \
@waiting      boxes using (0.5*(column('x')+column('x_end'))):(M('waiting')+0.5*(column('y_end')-column('y'))):'x':'x_end':'y':'y_end' with boxxy fc rgb '#C8C8C8' fs solid 1 noborder notitle, \
@folded      folds using (0.5):(0.5*(column('y')+column('y_end'))):(0.025):(0.975):'y':'y_end' with boxxy fc rgb '#F4F4F4' fs solid 1 noborder notitle, \
@folded      folds using (0.5):(0.5*(column('y')+column('y_end'))):3 with labels center font 'DejaVu Sans Oblique,11' textcolor rgb QUIET notitle, \
@ticked      ticks using (0):'y':(1):(0) with vectors nohead lw 0.8 lc rgb GRID notitle, \
@ticked      ticks using (-0.845):'y':2 with labels center font 'DejaVu Sans,11' textcolor rgb INK offset 0,0 notitle, \
     lines using (is('kind','host') ? column('x') : NaN):'y':(0):(column('y_end')-column('y')) with vectors nohead lw 2.5 lc rgb INK notitle, \
     lines using (is('kind','host') ? column('x') : NaN):(0):5 with labels center offset 0,1.1 font 'DejaVu Sans Bold,13' noenhanced textcolor rgb INK notitle, \
@router      lines using (is('kind','router') ? column('x') : NaN):'y':(0):(column('y_end')-column('y')) with vectors nohead lw 1.2 dt (4,6) lc rgb QUIET notitle, \
@router      lines using (is('kind','router') ? column('x') : NaN):(0):5 with labels center offset 0,1.1 font 'DejaVu Sans,11' noenhanced textcolor rgb QUIET notitle, \
@aside      lines using (is('kind','aside') ? column('x') : NaN):'y':(0):(column('y_end')-column('y')) with vectors nohead lw 2.5 lc rgb INK notitle, \
@aside      lines using (is('kind','aside') ? column('x')+0.012 : NaN):(0.5*(column('y')+column('y_end'))):5 with labels left font 'DejaVu Sans Bold,11' noenhanced textcolor rgb INK notitle, \
@left      labels using (side('left', -0.022)):'y_mark':(-0.020):(column('y')-column('y_mark')) with vectors nohead lw 0.7 lc rgb '#AAAAAA' notitle, \
@right      labels using (side('right', 1.022)):'y_mark':(0.020):(column('y')-column('y_mark')) with vectors nohead lw 0.7 lc rgb '#AAAAAA' notitle, \
     legs using 'x':'y':'dx':'dy':(arrow(strcol('style'), strcol('head'))) with vectors arrowstyle variable notitle, \
@copy      points using 'x':(M('copy')) with points pt 4 ps 1.1 lw 1.6 lc rgb DATA notitle, \
@overtaken      points using 'x':(M('overtaken')) with points pt 6 ps 1.3 lw 1.6 lc rgb DATA notitle, \
@lost      points using 'x':(M('lost')) with points pt 2 ps 1.6 lw 3 lc rgb LOSS notitle, \
@left      labels using (side('left', -0.045)):'y':6:(ink(strcol('ink'))) with labels right tc rgb variable font 'DejaVu Sans,10' noenhanced notitle, \
@right      labels using (side('right', 1.045)):'y':6:(ink(strcol('ink'))) with labels left tc rgb variable font 'DejaVu Sans,10' noenhanced notitle, \
@datagram      keyentry with lines lw 1.4 dt (4,6) lc rgb CONTROL title 'DNS or other datagram', \
@control      keyentry with lines lw 1.5 lc rgb CONTROL title 'SYN, FIN, RST', \
@data      keyentry with lines lw 1.9 lc rgb DATA title 'data', \
@retransmission      keyentry with lines lw 4 lc rgb AGAIN title 'R sent again (R! after a timeout)', \
@probe      keyentry with lines lw 4 dt (6,3) lc rgb AGAIN title 'P probe', \
@ack      keyentry with lines lw 1.2 lc rgb ACK title 'ACK', \
@duplicate-ack      keyentry with lines lw 1.6 dt (10,7) lc rgb DUPLICATE title 'duplicate ACK', \
@lost      keyentry with points pt 2 ps 1.4 lw 3 lc rgb LOSS title 'lost', \
@overtaken      keyentry with points pt 6 ps 1.3 lw 1.6 lc rgb DATA title 'o overtaken on its way', \
@copy      keyentry with points pt 4 ps 1.1 lw 1.6 lc rgb DATA title 'copy made by a link', \
@held      keyentry with boxes fc rgb HELD fs pattern 4 border lc rgb HELD_EDGE title 'held out of order', \
@waiting      keyentry with boxes fc rgb '#C8C8C8' fs solid 1 noborder title 'waiting to be sent', \
@folded      keyentry with boxes fc rgb '#F4F4F4' fs solid 1 border lc rgb GRID title 'time left out', \
     NaN notitle
