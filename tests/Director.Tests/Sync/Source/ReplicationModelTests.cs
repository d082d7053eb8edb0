using Google.Protobuf;
using HaLvs.Director.Sync;
using HaLvs.Director.Sync.Receiving;
using HaLvs.Director.Sync.Source;
using HaLvs.Director.Sync.V1;
using HaLvs.Forwarder.Connections;

namespace HaLvs.Director.Tests.Sync.Source;

/// <summary>
/// Both ends of sync, production code, over a stream that delivers late, breaks anywhere and is pulled by any order of events, with roles that swap without warning.
/// Whenever the source believes that the peer holds everything, it must; and when all is quiet the tables must be equal.
/// </summary>
public class ReplicationModelTests
{
    private const int Keys = 60;

    private static readonly DrainRequests NoDrain = new(_ => { });

    [Fact]
    public void Stream_RandomOrderOfEvents_PeerHoldsWhatWasAcknowledgedAndTablesEndEqual()
    {
        int checkedWhileRunning = 0;
        for (int seed = 0; seed < 600; seed++) checkedWhileRunning += new World(seed).Run(300);
        // The property must have been looked at, not only stated.
        Assert.True(checkedWhileRunning > 500, $"only {checkedWhileRunning} looks at a peer in sync");
    }

    private sealed class Node(int log)
    {
        public FakeTable Table { get; } = new(Keys * 2, log);

        public SyncRole Role { get; } = new();

        public void Become(bool active, ulong epoch)
        {
            lock (Table.Gate)
            {
                if (Role.Become(active, epoch) && !active) Table.EnableChangeLog(false);
            }
        }
    }

    private sealed class World
    {
        private readonly int _seed;
        private readonly Random _random;
        private readonly SyncTiming _timing;
        private readonly SyncCounters _counters = new();
        private readonly Queue<byte[]> _wire = new();
        private Node _active;
        private Node _standby;
        private ulong _epoch = 1;
        private SourceFeed _feed = null!;
        private ReplicaIntake _intake = null!;

        public World(int seed)
        {
            _seed = seed;
            _random = new Random(seed);
            int log = _random.Next(3) == 0 ? 8 : Keys * 2;
            _timing = new SyncTiming { BatchRecords = _random.Next(1, 9), WindowRecords = _random.Next(1, 40) };
            (_active, _standby) = (new Node(log), new Node(log));
            _active.Become(true, _epoch);
            Connect();
        }

        public int Run(int steps)
        {
            int looked = 0;
            for (int i = 0; i < steps; i++)
            {
                Step();
                looked += LookWhenAllAcknowledged();
            }

            Settle();
            Check("at the end");
            return looked;
        }

        private void Step()
        {
            switch (_random.Next(100))
            {
                case < 20: Change(); break;
                case < 55: Send(); break;
                case < 75: Deliver(); break;
                case < 97: Acknowledge(); break;
                case < 99: Connect(); break;
                default: FailOver(); break;
            }
        }

        private void Change()
        {
            ConnectionRecord flow = Flows.Number(_random.Next(Keys), (ConnectionState)_random.Next(1, 9), _random.Next(2, 5));
            if (_random.Next(3) == 0) _active.Table.Remove(flow.Key);
            else _active.Table.Upsert(flow);
        }

        private bool Send()
        {
            var message = new SourceMessage();
            if (!_feed.TryNext(message, 0)) return false;
            _wire.Enqueue(message.ToByteArray());
            return true;
        }

        private bool Deliver()
        {
            if (!_wire.TryDequeue(out byte[]? bytes)) return false;
            _intake.Accept(SourceMessage.Parser.ParseFrom(bytes), 0);
            return true;
        }

        private void Acknowledge() => _feed.Acknowledge(_intake.Applied, _intake.RoomForAll);

        private void Connect()
        {
            // Sometimes the source notices the old stream's end only after the new stream began to read.
            SourceFeed? old = _feed;
            old?.Retire();
            _wire.Clear();
            _feed = new SourceFeed(_active.Table, _active.Role, NoDrain, _counters, _timing);
            _intake = new ReplicaIntake(_standby.Table, _standby.Role, _counters, _timing);
            if (_random.Next(2) == 0) Send();
            old?.Retire();
        }

        /// <summary>The standby takes over with what it has; what was under way is lost; the old active follows.</summary>
        private void FailOver()
        {
            _feed.Retire();
            (_active, _standby) = (_standby, _active);
            _standby.Become(false, _epoch);
            _active.Become(true, ++_epoch);
            Connect();
        }

        private void Settle()
        {
            int bound = 100_000;
            bool moved = true;
            while (moved && bound-- > 0)
            {
                Acknowledge();
                moved = Send() | Deliver();
            }

            Acknowledge();

            Assert.True(bound > 0, $"seed {_seed}: never quiet");
            Assert.True(_feed.PeerHasSnapshot && _intake.Complete, $"seed {_seed}: quiet, but not in sync");
        }

        private int LookWhenAllAcknowledged()
        {
            bool changes;
            lock (_active.Table.Gate) changes = _active.Table.HasChanges || _active.Table.ChangeLogOverflowed;
            if (changes || _feed.Lag > 0 || !_feed.PeerHasSnapshot) return 0;
            Check("while the source believes the peer in sync");
            return 1;
        }

        private void Check(string when)
        {
            Assert.True(_active.Table.Content().SetEquals(_standby.Table.Content()), $"seed {_seed}: tables differ {when}");
        }
    }
}
