using HaLvs.Director.Commands;
using HaLvs.Director.Commands.Import;
using HaLvs.Director.Commands.Ipvsadm.Naming;
using HaLvs.Director.Configuration;
using HaLvs.Director.Tests.Commands.Ipvsadm;
using HaLvs.Director.Tests.Configuration;

namespace HaLvs.Director.Tests.Commands.Import;

public sealed class RuleImportTests
{
    /// <summary>Out of ipvsadm, through the configuration, back into a table: the same rules.</summary>
    [Fact]
    public async Task ToToml_SavedTable_ComesBackTheSame()
    {
        const string rules = """
            --set 600 60 200
            -A -t 192.0.2.100:0 -s rr -p 60 -M 255.255.255.0
            -a -t 192.0.2.100:0 -r 10.0.0.2:0 -m -w 1
            -A -t 192.0.2.100:80 -s wrr
            -a -t 192.0.2.100:80 -r 10.0.0.2:80 -m -w 5
            -a -t 192.0.2.100:80 -r 10.0.0.3:8080 -m -w 0 -x 20 -y 10
            -A -u 192.0.2.100:53 -s rr -o
            -a -u 192.0.2.100:53 -r 10.0.0.2:53 -m -w 1
            -A -u 192.0.2.100:5060 -s rr -p 360 -M 0.0.0.0 --pe sip -o
            -a -u 192.0.2.100:5060 -r 10.0.0.2:5060 -m -w 65535

            """;
        string toml = Import(rules);
        DirectorModel model = Example.Model(WithoutServices() + toml);

        IpvsadmMachine machine = new();
        machine.Core.ApplyServices(model.Services);
        machine.Core.Configure(machine.Core.Options with { Timeouts = model.Timeouts });
        Assert.Equal(rules, (await machine.RunAsync("ipvsadm -S -n")).Output);
    }

    [Fact]
    public void ToToml_ServerByDirectRouting_IsACommentWithItsLine()
    {
        string toml = Import("-A -t 192.0.2.100:80 -s rr\n-a -t 192.0.2.100:80 -r 10.0.0.2:80 -g -w 3\n-a -t 192.0.2.100:80 -r 10.0.0.3:80 -m -w 1\n");
        Assert.Contains("# line 2: 10.0.0.2:80, weight 3, is reached by direct routing (-g)", toml, StringComparison.Ordinal);
        Assert.Equal("10.0.0.3", Assert.Single(Example.Model(WithoutServices() + toml).Services[0].Servers).Address.ToString());
    }

    [Theory]
    [InlineData("-A -t 192.0.2.100:80 -s rr -p 60 -M 24\n", "# netmask 0.0.0.24 (of ipvsadm -M) is not one of leading ones")]
    [InlineData("-A -t 192.0.2.100:80 -s rr -p 60 --pe sip\n", "# persistence engine sip is left out: it reads datagrams alone")]
    [InlineData("-A -u 192.0.2.100:80 -s rr --pe sip\n", "# persistence engine sip is left out: without -p it keeps nothing")]
    public void ToToml_WhatTheConfigurationHasNoWordFor_IsACommentAndTheRestIsGood(string rule, string comment)
    {
        string toml = Import(rule);
        Assert.Contains(comment, toml, StringComparison.Ordinal);
        Assert.Null(Assert.Single(Example.Model(WithoutServices() + toml).Services).Persistence?.Engine);
    }

    [Theory]
    [InlineData("-A -t 192.0.2.100:80 -s rr\n\n-a -t 192.0.2.100:80 -m\n", "line 3: You need to supply the 'real-server' option")]
    [InlineData("-a -t 192.0.2.100:80 -r 10.0.0.2 -m\n", "line 1: Service not defined")]
    [InlineData("-L -n\n", "line 1: not a rule but a question")]
    [InlineData("garbage\n", "line 1: \"garbage\" is not a rule")]
    public void ToToml_BadLine_NamesItAndPrintsNothing(string rules, string expected)
    {
        OperatorException error = Assert.Throws<OperatorException>(() => Import(rules));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    private static string Import(string rules) => new RuleImport(new SystemNames("/etc/hosts", "/etc/services", asksDns: false), "rules").ToToml(new StringReader(rules));

    private static string WithoutServices() => Example.Text[..Example.Text.IndexOf("[[service]]", StringComparison.Ordinal)];
}
