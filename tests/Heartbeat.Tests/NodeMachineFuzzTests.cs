using HaLvs.Heartbeat.Roles;
using HaLvs.Heartbeat.Wire;

namespace HaLvs.Heartbeat.Tests;

public sealed class NodeMachineFuzzTests
{
    private static readonly byte[][] Keys = [[.. Enumerable.Range(1, 32).Select(i => (byte)i)]];

    private static NodeMachine Machine(string node, string? peer) => new(
        new NodeMachineConfig { Cluster = "web", Node = node, Peer = peer, Links = ["udp", "serial"], CanFencePeer = true },
        new Incarnation(1, 2, 3), 0, Keys, TimeSpan.Zero);

    [Fact]
    public void Step_RandomAndMutatedFrames_CountedNeverThrown()
    {
        var random = new Random(5);
        var machine = Machine("director-a", "director-b");
        var real = Machine("director-b", "director-a").Tick(TimeSpan.FromMilliseconds(1)).OfType<NodeEffect.Send>().Single().Bytes.ToArray();
        const int Frames = 20_000;
        for (var i = 0; i < Frames; i++)
        {
            var bytes = i % 2 == 0 ? real.ToArray() : new byte[random.Next(0, 300)];
            if (i % 2 == 0) bytes[random.Next(bytes.Length)] ^= (byte)random.Next(1, 256);
            else random.NextBytes(bytes);
            machine.Step(new NodeInput.Frame(random.Next(-1, 3), bytes), TimeSpan.FromMilliseconds(i / 100));
        }

        var status = machine.Status(TimeSpan.FromMilliseconds(Frames / 100));
        Assert.Equal(Frames, status.RejectedFrames.Sum(entry => entry.Count));
        Assert.Equal(Role.Passive, status.Role);
        Assert.False(status.Peer!.Alive);
    }

    /// <summary>A peer with the key but out of its mind: any words, signed and fresh. Crashing or lying to itself is not an answer.</summary>
    [Fact]
    public void Step_SignedNonsense_NeverThrows()
    {
        var random = new Random(6);
        var codec = new HeartbeatCodec(Keys);
        var machine = Machine("director-a", "director-b");
        var now = TimeSpan.Zero;
        ulong nonce = 3;
        for (ulong i = 1; i < 20_000; i++)
        {
            now += TimeSpan.FromMilliseconds(random.Next(0, 60));
            var words = new HeartbeatMessage
            {
                Role = (Role)random.Next(7),
                Flags = (HeartbeatBits)random.Next(64),
                Cluster = HeartbeatCodec.NameHash("web"),
                Sender = HeartbeatCodec.NameHash("director-b"),
                Incarnation = 1 + (i / 500),
                BootId = 1 + (i / 500),
                Nonce = 9 + (i / 500),
                Echo = nonce,
                Sequence = i,
                EpochKnown = (ulong)random.Next(50),
                EpochHeld = (ulong)random.Next(50),
                Request = (ulong)random.Next(5),
                RequestEpoch = (ulong)random.Next(60),
                Granted = (ulong)random.Next(5),
                GrantedTo = 1,
                GrantedEpoch = (ulong)random.Next(60),
            };
            Answer(machine, machine.Step(new NodeInput.Frame(random.Next(2), codec.Encode(words)), now), now, codec, ref nonce);
            Answer(machine, machine.Tick(now), now, codec, ref nonce);
        }

        Assert.True(machine.Status(now).Links.Sum(link => link.Received) > 10_000);
    }

    private static void Answer(NodeMachine machine, IReadOnlyList<NodeEffect> effects, TimeSpan now, HeartbeatCodec codec, ref ulong nonce)
    {
        foreach (var effect in effects.ToArray())
        {
            if (effect is NodeEffect.Send send && codec.Decode(send.Bytes.Span, out var words) == RejectReason.None) nonce = words.Nonce;
            NodeInput? input = effect switch
            {
                NodeEffect.PersistEpoch persist => new NodeInput.EpochPersisted(persist.Epoch, null),
                NodeEffect.TakeAddresses take => new NodeInput.AddressesTaken(take.Epoch, null),
                NodeEffect.ReleaseAddresses => new NodeInput.AddressesReleased(null),
                NodeEffect.DrainSync => new NodeInput.SyncDrained(true),
                _ => null,
            };
            if (input is not null) Answer(machine, machine.Step(input, now), now, codec, ref nonce);
        }
    }

    [Fact]
    public void Tick_SingleDirector_ServesAtOnceAndAgainAfterALateLoop()
    {
        var machine = Machine("director-a", null);
        var codec = new HeartbeatCodec(Keys);
        ulong nonce = 0;
        var at = TimeSpan.FromMilliseconds(10);
        Answer(machine, machine.Tick(at), at, codec, ref nonce);
        Assert.Equal(Role.Active, machine.Status(at).Role);
        at += TimeSpan.FromSeconds(1);
        var effects = machine.Tick(at).ToArray();
        Assert.IsType<NodeEffect.ReleaseAddresses>(effects.First(effect => effect is not NodeEffect.RoleChanged));
        Answer(machine, effects, at, codec, ref nonce);
        Answer(machine, machine.Tick(at + TimeSpan.FromMilliseconds(10)), at, codec, ref nonce);
        Assert.Equal(Role.Active, machine.Status(at).Role);
    }

    [Fact]
    public void New_DeadNotAboveTwoIntervals_Throws() =>
        Assert.Throws<ArgumentException>(() => new NodeMachine(
            new NodeMachineConfig { Cluster = "web", Node = "a", Peer = "b", Links = ["udp"], Interval = TimeSpan.FromMilliseconds(250) },
            new Incarnation(1, 2, 3), 0, Keys, TimeSpan.Zero));
}
