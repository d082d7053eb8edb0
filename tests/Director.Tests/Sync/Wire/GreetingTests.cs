using HaLvs.Director.Sync;
using HaLvs.Director.Sync.V1;
using HaLvs.Director.Sync.Wire;

namespace HaLvs.Director.Tests.Sync.Wire;

public class GreetingTests
{
    private static readonly (SyncIdentity A, SyncIdentity B) Pair = SyncNode.Pair();

    [Fact]
    public void Refusal_PeersHello_None()
    {
        Hello hello = Greeting.From(Pair.B, 42);
        Assert.Null(Greeting.Refusal(Pair.A, hello));
        Assert.Equal("10.0.0.252", Greeting.Network(hello).Internal.ToString());
    }

    [Fact]
    public void Refusal_NewerVersionThatStillReadsOurs_None()
    {
        Hello hello = Greeting.From(Pair.B, 42);
        (hello.Schema, hello.OldestSchema) = (Greeting.Schema + 1, Greeting.Schema);
        Assert.Null(Greeting.Refusal(Pair.A, hello));
    }

    [Fact]
    public void Refusal_WrongClusterNodeOrSchema_SaysWhich()
    {
        Hello cluster = Greeting.From(Pair.B with { Cluster = "other\n" }, 42);
        Assert.Contains("cluster \"other?\"", Greeting.Refusal(Pair.A, cluster), StringComparison.Ordinal);
        Hello node = Greeting.From(Pair.A, 42);
        Assert.Contains("calls itself \"director-a\"", Greeting.Refusal(Pair.A, node), StringComparison.Ordinal);
        Hello schema = Greeting.From(Pair.B, 42);
        (schema.Schema, schema.OldestSchema) = (9, 8);
        Assert.Contains("schema 8 to 9", Greeting.Refusal(Pair.A, schema), StringComparison.Ordinal);
        Assert.NotNull(Greeting.Refusal(Pair.A, null));
    }

    [Fact]
    public void Meet_OlderLifeOfTheSameBoot_Refused()
    {
        var ledger = new PeerLedger(Pair.A, (_, _) => { });
        Hello Life(ulong counter, ulong boot) => Greeting.From(Pair.B with { Incarnation = new(counter, boot, 0) }, 42);
        Assert.Null(ledger.Meet(Life(5, 1)));
        Assert.Contains("life 4", ledger.Meet(Life(4, 1)), StringComparison.Ordinal);
        Assert.Null(ledger.Meet(Life(5, 1)));
        // Installed anew: the counter begins again, after another boot.
        Assert.Null(ledger.Meet(Life(1, 2)));
    }

    [Fact]
    public void Meet_OtherConfiguration_ReportedOnce()
    {
        var events = new List<string>();
        var ledger = new PeerLedger(Pair.A, (_, text) => events.Add(text));
        ledger.Meet(Greeting.From(Pair.B, 43));
        ledger.Meet(Greeting.From(Pair.B, 43));
        ledger.Meet(Greeting.From(Pair.B, 42));
        Assert.Contains("another configuration", Assert.Single(events), StringComparison.Ordinal);
    }
}
