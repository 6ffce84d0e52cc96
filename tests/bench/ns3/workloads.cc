/*
 * The workloads of docs/performance.md in ns-3: the same topology, flows and TCP settings, and the same
 * units, so that both programs can be compared on one machine.
 *
 *     workloads W1|W2|W3|W4a|W4b|W4c [--real] [--small]
 *
 * Payload is known by length only and nothing is checksummed, unless it is --real: then bytes are written,
 * carried, checksummed, verified and copied out. --small takes a tenth of the bytes or fetches. Prints one
 * line of JSON; ends with 4 when not every byte came.
 */
#include "ns3/core-module.h"
#include "ns3/internet-module.h"
#include "ns3/network-module.h"
#include "ns3/nix-vector-helper.h"
#include "ns3/point-to-point-module.h"
#include "ns3/traffic-control-module.h"

#include <cstdio>
#include <ctime>
#include <sys/resource.h>

using namespace ns3;

namespace
{

const uint32_t SEGMENT = 1448;
const uint32_t PIECE = 16 * 1024;
const uint32_t PPP_ACK_MAX = 2 + 20 + 60; /* framing and headers: what is longer has text */

struct workload {
        const char *name;
        uint32_t pairs;
        uint32_t flowsAClient; /* at once */
        uint32_t fetches;      /* one after another, of each client; 0: bulk flows */
        uint64_t bytes;        /* of a flow, or of a fetch's response */
        uint32_t request;
        const char *accessRate;
        const char *accessDelay;
        const char *coreRate;
        const char *coreDelay;
        uint32_t accessQueue;
        uint32_t coreQueue;
        double loss;
        uint32_t sendBuffer;
        uint32_t receiveBuffer;
        double stagger; /* seconds between the starts of two flows */
};

#define SCALE(name, flows, bytes)                                                                            \
        {                                                                                                    \
                name, 100, flows, 0, bytes, 0, "10Gbps", "1ms", "100Gbps", "48ms", 10000, 100000, 0, 65536,  \
                        32768, 0.1 / (100.0 * flows)                                                         \
        }

const workload workloads[] = {
        { "W1", 1, 1, 0, 144800000, 0, "10Gbps", "5us", "10Gbps", "10us", 1000, 1000, 0, 262144, 262144, 0 },
        { "W2", 100, 1, 0, 2896000, 0, "1Gbps", "1ms", "1Gbps", "10ms", 1000, 1000, 0.01, 1048576, 1048576,
                0.001 },
        { "W3", 100, 1, 100, 50000, 200, "1Gbps", "1ms", "1Gbps", "20ms", 1000, 1000, 0.01, 262144, 262144,
                0.001 },
        SCALE("W4a", 1, 14480000),
        SCALE("W4b", 10, 1448000),
        SCALE("W4c", 100, 144800),
};

workload plan;
bool isReal;
uint64_t bytesRead, packets, dataPackets;
uint8_t pattern[PIECE];

/* ---- Programs ---- */

/* Reads whatever arrives; returns how much that was. */
uint64_t ReadAll(Ptr<Socket> socket)
{
        static uint8_t bytes[65536];
        uint64_t sum = 0;
        while (Ptr<Packet> packet = socket->Recv()) {
                if (packet->GetSize() == 0)
                        break;
                if (isReal)
                        packet->CopyData(bytes, sizeof bytes);
                sum += packet->GetSize();
        }
        bytesRead += sum;
        return sum;
}

/* Keeps the send buffer full until all is written, then closes. */
class Writer : public SimpleRefCount<Writer>
{
      public:
        explicit Writer(uint64_t bytes) : left(bytes)
        {
        }

        void Write(Ptr<Socket> socket, uint32_t)
        {
                while (left > 0 && socket->GetTxAvailable() > 0) {
                        uint64_t size =
                                std::min<uint64_t>(std::min<uint64_t>(left, PIECE), socket->GetTxAvailable());
                        Ptr<Packet> packet = isReal ? Create<Packet>(pattern, size) : Create<Packet>(size);
                        int taken = socket->Send(packet);
                        if (taken <= 0)
                                return;
                        left -= taken;
                }
                if (left == 0 && !isClosed) {
                        isClosed = true;
                        socket->Close();
                }
        }

      private:
        uint64_t left;
        bool isClosed = false;
};

void CloseToo(Ptr<Socket> socket)
{
        ReadAll(socket);
        socket->Close();
}

void Sink(Ptr<Socket> socket)
{
        ReadAll(socket);
}

void AcceptSink(Ptr<Socket> socket, const Address &)
{
        socket->SetRecvCallback(MakeCallback(&Sink));
        socket->SetCloseCallbacks(MakeCallback(&CloseToo), MakeCallback(&CloseToo));
}

/* Reads a request of so many bytes, then writes the response and closes. */
class Responder : public SimpleRefCount<Responder>
{
      public:
        void Read(Ptr<Socket> socket)
        {
                seen += ReadAll(socket);
                if (seen < plan.request || writer != nullptr)
                        return;
                writer = Create<Writer>(plan.bytes);
                socket->SetSendCallback(MakeCallback(&Writer::Write, writer));
                writer->Write(socket, 0);
        }

      private:
        uint64_t seen = 0;
        Ptr<Writer> writer;
};

void AcceptRequests(Ptr<Socket> socket, const Address &)
{
        socket->SetRecvCallback(MakeCallback(&Responder::Read, Create<Responder>()));
}

/* One client: fetches one after the other. */
class Fetcher : public SimpleRefCount<Fetcher>
{
      public:
        Fetcher(Ptr<Node> node_, const Address &server_) : node(node_), server(server_), left(plan.fetches)
        {
        }

        void Begin()
        {
                socket = Socket::CreateSocket(node, TcpSocketFactory::GetTypeId());
                Ptr<Fetcher> self(this);
                socket->Bind();
                socket->SetConnectCallback(
                        MakeCallback(&Fetcher::Ask, self), MakeCallback(&Fetcher::Fail, self));
                socket->SetRecvCallback(MakeCallback(&Sink));
                socket->SetCloseCallbacks(
                        MakeCallback(&Fetcher::End, self), MakeCallback(&Fetcher::Fail, self));
                socket->Connect(server);
        }

      private:
        void Ask(Ptr<Socket>)
        {
                socket->Send(isReal ? Create<Packet>(pattern, plan.request) : Create<Packet>(plan.request));
        }

        void End(Ptr<Socket> ended)
        {
                CloseToo(ended);
                if (ended != socket)
                        return;
                socket = nullptr;
                if (--left > 0)
                        Simulator::ScheduleNow(&Fetcher::Begin, Ptr<Fetcher>(this));
        }

        /* A client whose connect fails for good starts another. What fails after its end is over. */
        void Fail(Ptr<Socket> failed)
        {
                if (failed == socket)
                        Simulator::ScheduleNow(&Fetcher::Begin, Ptr<Fetcher>(this));
        }

        Ptr<Socket> socket; /* of the fetch in hand */
        Ptr<Node> node;
        Address server;
        uint32_t left;
};

void StartWriter(Ptr<Node> node, Address server)
{
        Ptr<Socket> socket = Socket::CreateSocket(node, TcpSocketFactory::GetTypeId());
        Ptr<Writer> writer = Create<Writer>(plan.bytes);
        socket->Bind();
        socket->SetSendCallback(MakeCallback(&Writer::Write, writer));
        socket->SetCloseCallbacks(MakeCallback(&CloseToo), MakeCallback(&CloseToo));
        socket->Connect(server);
}

/* ---- The world ---- */

void Configure()
{
        GlobalValue::Bind("ChecksumEnabled", BooleanValue(isReal));
        Config::SetDefault("ns3::TcpL4Protocol::SocketType", TypeIdValue(TcpCubic::GetTypeId()));
        Config::SetDefault("ns3::TcpSocket::SegmentSize", UintegerValue(SEGMENT));
        Config::SetDefault("ns3::TcpSocket::InitialCwnd", UintegerValue(10));
        Config::SetDefault("ns3::TcpSocket::SndBufSize", UintegerValue(plan.sendBuffer));
        Config::SetDefault("ns3::TcpSocket::RcvBufSize", UintegerValue(plan.receiveBuffer));
        Config::SetDefault("ns3::TcpSocket::DelAckCount", UintegerValue(2));
        Config::SetDefault("ns3::TcpSocket::DelAckTimeout", TimeValue(MilliSeconds(40)));
        Config::SetDefault("ns3::TcpSocket::ConnTimeout", TimeValue(Seconds(1)));
        Config::SetDefault("ns3::TcpSocket::TcpNoDelay", BooleanValue(true));
        Config::SetDefault("ns3::TcpSocketBase::MinRto", TimeValue(MilliSeconds(200)));
        Config::SetDefault("ns3::TcpSocketBase::Timestamp", BooleanValue(true));
        Config::SetDefault("ns3::TcpSocketBase::WindowScaling", BooleanValue(true));
        Config::SetDefault("ns3::TcpSocketBase::Sack", BooleanValue(true));
        Config::SetDefault("ns3::TcpSocketBase::MaxSegLifetime", DoubleValue(1));
        Config::SetDefault("ns3::RttEstimator::InitialEstimation", TimeValue(Seconds(1)));
}

void CountPacket(Ptr<const Packet> packet)
{
        packets++;
        dataPackets += packet->GetSize() > PPP_ACK_MAX;
}

PointToPointHelper LinkOf(const char *rate, const char *delay, uint32_t queue)
{
        PointToPointHelper link;
        link.SetDeviceAttribute("DataRate", StringValue(rate));
        link.SetChannelAttribute("Delay", StringValue(delay));
        link.SetQueue("ns3::DropTailQueue<Packet>", "MaxSize", QueueSizeValue(QueueSize(PACKETS, queue)));
        return link;
}

/* Packets are lost at the far end, in either direction. */
void LosePackets(const NetDeviceContainer &core)
{
        for (uint32_t i = 0; plan.loss > 0 && i < core.GetN(); i++) {
                Ptr<RateErrorModel> model = CreateObject<RateErrorModel>();
                model->SetUnit(RateErrorModel::ERROR_UNIT_PACKET);
                model->SetRate(plan.loss);
                model->AssignStreams(i);
                core.Get(i)->SetAttribute("ReceiveErrorModel", PointerValue(model));
        }
}

class World
{
      public:
        World()
        {
                Ipv4NixVectorHelper routes;
                InternetStackHelper stack;
                clients.Create(plan.pairs);
                routers.Create(2);
                servers.Create(plan.pairs);
                stack.SetRoutingHelper(routes);
                stack.InstallAll();
                addresses.SetBase("10.0.0.0", "255.255.255.252");
                PointToPointHelper core = LinkOf(plan.coreRate, plan.coreDelay, plan.coreQueue);
                PointToPointHelper access = LinkOf(plan.accessRate, plan.accessDelay, plan.accessQueue);
                LosePackets(Connect(core, routers.Get(0), routers.Get(1)));
                for (uint32_t i = 0; i < plan.pairs; i++) {
                        Watch(Connect(access, clients.Get(i), routers.Get(0)));
                        Watch(Connect(access, servers.Get(i), routers.Get(1)));
                        Listen(servers.Get(i));
                }
                for (uint32_t i = 0; i < plan.pairs; i++)
                        StartClient(i);
        }

      private:
        NetDeviceContainer Connect(PointToPointHelper &link, Ptr<Node> one, Ptr<Node> other)
        {
                NetDeviceContainer devices = link.Install(one, other);
                addresses.Assign(devices);
                addresses.NewNetwork();
                TrafficControlHelper().Uninstall(devices); /* the device's queue is the only one */
                return devices;
        }

        static void Watch(const NetDeviceContainer &devices)
        {
                devices.Get(0)->TraceConnectWithoutContext("MacTx", MakeCallback(&CountPacket));
        }

        static void Listen(Ptr<Node> server)
        {
                Ptr<Socket> socket = Socket::CreateSocket(server, TcpSocketFactory::GetTypeId());
                socket->Bind(InetSocketAddress(Ipv4Address::GetAny(), 80));
                socket->Listen();
                socket->SetAcceptCallback(MakeNullCallback<bool, Ptr<Socket>, const Address &>(),
                        plan.fetches > 0 ? MakeCallback(&AcceptRequests) : MakeCallback(&AcceptSink));
        }

        Address AddressOf(uint32_t server)
        {
                return InetSocketAddress(
                        servers.Get(server)->GetObject<Ipv4>()->GetAddress(1, 0).GetLocal(), 80);
        }

        /* Flow k of client i goes to server i + k. */
        void StartClient(uint32_t i)
        {
                for (uint32_t k = 0; k < plan.flowsAClient; k++) {
                        Time at = Seconds(plan.stagger * (i * plan.flowsAClient + k));
                        Address server = AddressOf((i + k) % plan.pairs);
                        if (plan.fetches > 0)
                                Simulator::Schedule(
                                        at, &Fetcher::Begin, Create<Fetcher>(clients.Get(i), server));
                        else
                                Simulator::Schedule(at, &StartWriter, clients.Get(i), server);
                }
        }

        NodeContainer clients, routers, servers;
        Ipv4AddressHelper addresses;
};

/* ---- Measuring ---- */

uint64_t CpuTime()
{
        struct timespec time;
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
        return time.tv_sec * 1000000000ull + time.tv_nsec;
}

bool Measure()
{
        World world;
        uint64_t flows = (uint64_t)plan.pairs * plan.flowsAClient * std::max(plan.fetches, 1u);
        uint64_t wanted = flows * (plan.bytes + plan.request);
        uint64_t begin = CpuTime();
        Simulator::Run();
        uint64_t cpu = CpuTime() - begin;
        struct rusage usage;
        getrusage(RUSAGE_SELF, &usage);
        std::printf("{\"workload\": \"%s\", \"real\": %s, \"ns_per_segment\": %.0f, \"ns_per_packet\": %.0f, "
                    "\"data_packets\": %llu, \"packets\": %llu, \"bytes\": %llu, \"simulated_s\": %.3f, "
                    "\"peak_rss_kib\": %ld, \"counts_ok\": %s}\n",
                plan.name, isReal ? "true" : "false", cpu / ((double)flows * plan.bytes / SEGMENT),
                (double)cpu / packets, (unsigned long long)dataPackets, (unsigned long long)packets,
                (unsigned long long)bytesRead, Simulator::Now().GetSeconds(), usage.ru_maxrss,
                bytesRead == wanted ? "true" : "false");
        return bytesRead == wanted;
}

bool FindWorkload(const std::string &name)
{
        for (const workload &one : workloads) {
                plan = one;
                if (name == one.name)
                        return true;
        }
        return false;
}

} // namespace

int main(int argc, char **argv)
{
        bool isSmall = false;
        std::string name;
        CommandLine options(__FILE__);
        options.AddValue("real", "Bytes are written, carried, checksummed and verified", isReal);
        options.AddValue("small", "A tenth of the bytes or fetches", isSmall);
        options.AddNonOption("workload", "W1, W2, W3, W4a, W4b or W4c", name);
        options.Parse(argc, argv);
        if (!FindWorkload(name)) {
                std::fprintf(stderr, "there is no workload \"%s\"; W1, W2, W3, W4a, W4b and W4c are\n",
                        name.c_str());
                return 2;
        }
        (plan.fetches > 0 ? plan.fetches /= isSmall ? 10 : 1 : plan.bytes /= isSmall ? 10 : 1);
        for (uint32_t i = 0; i < PIECE; i++)
                pattern[i] = i;
        Configure();
        return Measure() ? 0 : 4;
}
